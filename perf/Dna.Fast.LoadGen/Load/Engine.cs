using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Sockets;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Load;

/// <summary>
/// One thread's loop over its sources: receive, match, check, send. One thread at a time; in steady state it allocates nothing.
/// </summary>
/// <remarks>
/// <code>
/// repeat   receive what has arrived on every source        (recvmmsg, one clock read per batch)
///          end the requests that are answered              (InFlightTable, ReplyCheck, Meter)
///          send what is due                                (Pace, IWorkload, templates, one send per source)
///          every 20 ms: end the requests that are too old
///          nothing done: sleep until something arrives or is due (or spin)
/// </code>
/// </remarks>
internal sealed class Engine
{
    /// <summary>
    /// How often open requests are looked through: a loss is known this much later than its timeout, which no figure depends on.
    /// </summary>
    private const long SweepNs = 20 * Clock.Millisecond;

    /// <summary>Batches taken from one source before the next has its turn.</summary>
    private const int BatchesMax = 4;

    /// <summary>With more sources than this, asking the kernel which ones are ready is cheaper than trying each.</summary>
    private const int TriedSourcesMax = 32;

    private readonly Source[] _sources;
    private readonly EngineOptions _options;
    private readonly ReceiveBatch _inbound = new();
    private readonly SendBatch _outbound;
    private readonly Poller _poller;
    private readonly ReplyHandler _replies;
    private int _cursor;
    private int _aside;
    private long _nextSweepNs;
    private volatile bool _isStopped;

    public Engine(IReadOnlyList<Source> sources, EngineOptions options)
    {
        _sources = [.. sources];
        _options = options;
        _outbound = new SendBatch(options.Segments);
        _poller = new Poller([.. sources.Select(s => s.Socket)]);
        _replies = new ReplyHandler(options, _outbound);
    }

    public IReadOnlyList<Source> Sources => _sources;

    /// <summary>Where pushes go; none: they are answered and counted.</summary>
    public IPushSink? Pushes { set => _replies.Pushes = value; }

    /// <summary>Ends the phase that runs, from any thread; open requests are still waited for.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>
    /// Runs one phase on the calling thread, until the workload is done or the window is over, and no request is open or the drain is over.
    /// </summary>
    public void Run(IWorkload workload, Pace pace, Meter meter, in Window window)
    {
        _isStopped = false;
        _replies.Begin(workload, meter);
        long now = Clock.NowNs(), cpuFrom = 0, idleFrom = -1;
        _nextSweepNs = now;
        bool isInside = false;
        while (true)
        {
            if (idleFrom >= 0 && isInside) meter.IdleNs += now - idleFrom;
            if (window.Contains(now) != isInside)
            {
                cpuFrom = isInside ? cpuFrom : ThreadClock.CpuNs();
                if (isInside) meter.CpuNs = ThreadClock.CpuNs() - cpuFrom;
                isInside = !isInside;
            }

            bool isSending = now < window.ToNs && !workload.IsDone && !_isStopped;
            int done = ReceiveAll(window, meter);
            if (isSending) done += SendDue(workload, pace, meter, window, now);
            if (now >= _nextSweepNs) Sweep(now);
            if (!isSending && (OpenRequests() == 0 || now >= window.ToNs + window.DrainNs)) break;
            idleFrom = done == 0 ? now : -1;
            if (done == 0 && !_options.Spin) Sleep(pace, window, isSending, now);
            now = Clock.NowNs();
        }

        if (isInside) meter.CpuNs = ThreadClock.CpuNs() - cpuFrom;
        if (pace.IsOpen && window.FromNs != long.MaxValue) meter.Unsent += Math.Max(0, pace.Due(window.ToNs) - 1);
        AbandonOpen();
    }

    private int ReceiveAll(in Window window, Meter meter)
    {
        bool ask = _sources.Length > TriedSourcesMax;
        if (ask) _poller.Wait(0);
        int total = 0;
        for (int i = 0; i < _sources.Length; i++)
        {
            if (ask && !_poller.IsReady(i)) continue;
            for (int batch = 0; batch < BatchesMax; batch++)
            {
                int count = Receive(_sources[i], window, meter);
                total += count;
                if (count < ReceiveBatch.Count) break;
            }
        }

        return total;
    }

    private int Receive(Source source, in Window window, Meter meter)
    {
        int count = _inbound.Receive(source.Socket);
        if (count == 0) return 0;
        if (count < 0)
        {
            meter.Count(Stray.Refused);
            return 0;
        }

        long now = Clock.NowNs();
        meter.DatagramsIn += count;
        bool isInside = window.Contains(now);
        if (isInside) meter.WindowDatagramsIn += count;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> datagram = _inbound[i];
            if (isInside) meter.WindowBytesIn += datagram.Length;
            _replies.Take(source, datagram, now);
        }

        return count;
    }

    private int SendDue(IWorkload workload, Pace pace, Meter meter, in Window window, long now)
    {
        int due = pace.Due(now);
        _aside = 0;
        if (due == 0) return 0;
        int share = pace.IsOpen ? Math.Max(1, (due + _sources.Length - 1) / _sources.Length) : int.MaxValue, total = 0;
        for (int i = 0; i < _sources.Length && total < due; i++)
        {
            Source source = _sources[_cursor];
            _cursor = _cursor + 1 == _sources.Length ? 0 : _cursor + 1;
            total += SendTo(source, Math.Min(share, due - total), workload, pace, meter, window, now);
        }

        return total + _aside;
    }

    private int SendTo(Source source, int requestsMax, IWorkload workload, Pace pace, Meter meter, in Window window, long now)
    {
        int requests = 0;
        while (requests < requestsMax && source.InFlight.HasRoom)
        {
            Request request;
            if (source.NeedsToken)
            {
                source.NeedsToken = false;
                request = new Request(RequestKind.Find, source.Index, 0, false);
            }
            else if (!workload.TryNext(source, out request))
            {
                break;
            }

            // What only prepares or keeps up is sent beside the paced load.
            long intended = request.IsMeasured ? pace.Take(now) : now;
            ref Slot slot = ref source.InFlight.Open(request, intended, now);
            slot.IsMeasured = request.IsMeasured && window.Contains(intended);
            if (request.IsMeasured) requests++;
            else _aside++;
            Write(source, request, slot.Transaction, meter);
        }

        Flush(source, meter);
        return requests;
    }

    private void Write(Source source, in Request request, uint transaction, Meter meter)
    {
        int size = request.Kind == RequestKind.Put ? _options.Sizes.IndexOf(request.Key) : 0;
        int parts = request.Kind == RequestKind.Put ? source.Templates.PutDatagrams(request, size) : 1;
        for (int part = 0; part < parts; part++)
        {
            int bytes = request.Kind == RequestKind.Listen
                ? ListenQuery.Write(_outbound.Room, source, request, transaction, _options.Keys)
                : source.Templates.Write(_outbound.Room, request, transaction, _options.Keys, size, part);
            _outbound.Commit(bytes);
            if (_outbound.Free == 0) Flush(source, meter);
        }
    }

    private void Flush(Source source, Meter meter)
    {
        int count = _outbound.Pending;
        int error = _outbound.Flush(source.Socket, out int unsent);
        meter.DatagramsOut += count - unsent;
        if (error == 0) return;

        // A refusal is about an earlier datagram; the requests concerned time out.
        meter.Count(error == LibC.ErrorRefused ? Stray.Refused : Stray.NotSent, Math.Max(1, unsent));
    }

    private void Sleep(Pace pace, in Window window, bool isSending, long now)
    {
        long until = isSending ? Math.Min(_nextSweepNs, window.ToNs) : _nextSweepNs;
        if (isSending && pace.IsOpen && pace.Due(now) == 0) until = Math.Min(until, pace.NextNs);
        _poller.Wait(until - now);
    }

    private void Sweep(long now)
    {
        _nextSweepNs = now + SweepNs;
        foreach (Source source in _sources)
        {
            if (source.InFlight.Used == 0) continue;
            for (int i = 0; i < source.InFlight.Capacity; i++)
            {
                ref Slot slot = ref source.InFlight[i];
                if (slot.IsOpen && now - slot.SentNs >= _options.TimeoutNs) _replies.End(source, i, Outcome.Timeout, now);
            }
        }
    }

    private int OpenRequests()
    {
        int open = 0;
        foreach (Source source in _sources) open += source.InFlight.Used;
        return open;
    }

    // What is still open at the end of the drain has waited for less than the timeout only when the drain was shorter: it is lost all the
    // same.
    private void AbandonOpen()
    {
        long now = Clock.NowNs();
        foreach (Source source in _sources)
        {
            for (int i = 0; i < source.InFlight.Capacity && source.InFlight.Used > 0; i++)
            {
                if (source.InFlight[i].IsOpen) _replies.End(source, i, Outcome.Timeout, now);
            }
        }
    }
}
