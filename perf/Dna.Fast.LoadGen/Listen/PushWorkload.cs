using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;
using HdrHistogram;

namespace Dna.Fast.LoadGen.Listen;

/// <summary>Puts new values under listened keys, renews the listeners, and books every push that comes back. The engine's thread.</summary>
internal sealed class PushWorkload : IWorkload, IPushSink
{
    /// <summary>A listener renews itself after so long (wire specification, section 7).</summary>
    private const long RenewNs = 20 * Clock.Second;

    private readonly ListenPlan _plan;
    private readonly ValueSizes _sizes;
    private readonly ulong _firstValue;
    private readonly long[] _sentNs;
    private readonly bool[] _acknowledged;
    private readonly ulong[] _arrived;
    private readonly Queue<(int Listener, long AtNs)>[] _renewals;
    private readonly IntervalSeries _series;
    private int _puts;

    /// <param name="putsMax">Puts at most; the books are made for so many.</param>
    /// <param name="series">Where pushes are counted over time.</param>
    public PushWorkload(ListenPlan plan, ValueSizes sizes, int putsMax, IntervalSeries series)
    {
        _plan = plan;
        _sizes = sizes;
        _series = series;
        long now = Clock.NowNs();
        _firstValue = (ulong)now;
        _sentNs = new long[putsMax];
        _acknowledged = new bool[putsMax];
        _arrived = new ulong[((long)putsMax * plan.FanOutMax + 63) / 64];
        _renewals = [.. Enumerable.Range(0, plan.Sources).Select(_ => new Queue<(int, long)>())];
        for (int i = 0; i < plan.Listeners; i++) _renewals[plan.SourceOf(i)].Enqueue((i, now + RenewNs * (i + 1) / plan.Listeners));
    }

    public LongHistogram Latency { get; } = new(1, 100 * Clock.Second, 3);

    public long Duplicate { get; private set; }

    public long Unexpected { get; private set; }

    public bool IsDone => false;

    public bool TryNext(Source source, out Request request)
    {
        long now = Clock.NowNs();
        Queue<(int Listener, long AtNs)> renewals = _renewals[source.Index];
        if (renewals.TryPeek(out (int Listener, long AtNs) first) && first.AtNs <= now)
        {
            renewals.Dequeue();
            renewals.Enqueue((first.Listener, now + RenewNs));
            request = new Request(RequestKind.Listen, _plan.KeyOf(first.Listener), ListenPlan.SocketIdOf(first.Listener), false);
            return true;
        }

        request = default;
        if (_puts >= _sentNs.Length) return false;
        int put = _puts++;
        _sentNs[put] = now;
        request = new Request(RequestKind.Put, (uint)(put % _plan.Keys), ValueShape.IdOf(_firstValue + (ulong)put), true);
        return true;
    }

    public void Ended(Source source, in Request request, Outcome outcome)
    {
        if (request.Kind == RequestKind.Put && outcome == Outcome.Ok) _acknowledged[PutOf(request.ValueId)] = true;
    }

    public void OnPush(Source source, scoped in Message push, long nowNs)
    {
        int listener = _plan.ListenerOf(push.SocketId);
        if (listener < 0 || _plan.SourceOf(listener) != source.Index)
        {
            Unexpected++;
            return;
        }

        var values = new ValueEnumerator(push.Values, push.ValueCount);
        while (values.MoveNext()) Book(listener, values.Packed, nowNs);
    }

    /// <summary>Adds up what was expected and what came.</summary>
    public ListenCount Count()
    {
        ListenCount count = default;
        for (int put = 0; put < _puts; put++)
        {
            if (!_acknowledged[put]) continue;
            count.Puts++;
            for (int place = 0; place < _plan.FanOut((uint)(put % _plan.Keys)); place++)
            {
                count.Expected++;
                if (!HasArrived(put, place)) count.Missing++;
            }
        }

        return count;
    }

    private void Book(int listener, ReadOnlySpan<byte> packed, long nowNs)
    {
        uint key = _plan.KeyOf(listener);
        if (ValueReader.Read(packed, out ValueView value, out _) != DecodeStatus.Ok
            || PutOf(value.Id) is var put && (put < 0 || put >= _puts || put % _plan.Keys != key)
            || !_sizes.Of(key).IsSame(packed, key, value.Id))
        {
            Unexpected++;
            return;
        }

        int place = _plan.PlaceOf(listener);
        if (HasArrived(put, place))
        {
            Duplicate++;
            return;
        }

        long bit = (long)put * _plan.FanOutMax + place;
        _arrived[bit / 64] |= 1UL << (int)(bit % 64);
        long latency = Math.Max(1, nowNs - _sentNs[put]);
        Latency.RecordValue(latency);
        _series.Add(nowNs, latency);
    }

    private bool HasArrived(int put, int place)
    {
        long bit = (long)put * _plan.FanOutMax + place;
        return (_arrived[bit / 64] >> (int)(bit % 64) & 1) != 0;
    }

    private int PutOf(ulong id)
    {
        ulong number = (id & ~ValueShape.IdFlag) - _firstValue;
        return number < (ulong)_sentNs.Length ? (int)number : -1;
    }
}

/// <summary>Pushes of acknowledged puts.</summary>
internal struct ListenCount
{
    public long Puts;
    public long Expected;
    public long Missing;
}
