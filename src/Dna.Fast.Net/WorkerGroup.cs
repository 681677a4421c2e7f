using System.Net.Sockets;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Net;

/// <summary>The packet threads of a node, each with its own sockets on the same addresses.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Open, start once, stop once, dispose: from one thread.</item>
/// <item>Datagrams that come between open and start wait in the kernel.</item>
/// <item>Datagrams of one sender go to one worker while the number of workers stays the same.</item>
/// </list>
/// </remarks>
public sealed class WorkerGroup : IDisposable
{
    /// <summary>How long <see cref="Dispose"/> waits for handlers that do not return.</summary>
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(5);

    private readonly Worker[] _workers;
    private bool _isStarted;
    private bool _isClosed;

    private WorkerGroup(Worker[] workers, IReadOnlyList<NodeAddress> bound)
    {
        _workers = workers;
        Bound = bound;
        Counters = [.. workers.Select(worker => worker.Counters)];
        Rounds = [.. workers.Select(worker => worker.Rounds)];
    }

    /// <summary>The addresses and the port that are bound, in the order of the options.</summary>
    public IReadOnlyList<NodeAddress> Bound { get; }

    /// <summary>What each worker counts.</summary>
    public IReadOnlyList<CounterSet> Counters { get; }

    /// <summary>How long each worker's rounds took, of one in 64: from the end of a wait to the last datagram handed to the kernel.</summary>
    public IReadOnlyList<LatencyHistogram> Rounds { get; }

    /// <summary>When the worker that is silent longest last turned, in the time of the group's clock; workers turn once a second at least. Any thread.</summary>
    public long SlowestTurnMs => _workers.Min(worker => worker.TurnedMs);

    /// <summary>Opens the sockets: one worker for each handler.</summary>
    /// <exception cref="ArgumentException">No handler or no address.</exception>
    public static OpenResult Open(NetOptions options, IReadOnlyList<IDatagramHandler> handlers)
    {
        if (handlers.Count == 0) throw new ArgumentException("a handler per worker, at least one", nameof(handlers));
        if (options.Addresses.Count == 0) throw new ArgumentException("an address at least", nameof(options));
        var system = SocketSystem.Choose(options.Sockets);
        UdpSocket[][]? sockets = SocketOpener.Open(options, handlers.Count, system, out OpenFailure? failure);
        if (sockets == null) return new OpenResult(failure!.Status, failure.Text, null);
        var workers = new List<Worker>();
        try
        {
            foreach (UdpSocket[] ofWorker in sockets)
            {
                workers.Add(new Worker(workers.Count, ofWorker, system.CreateWaiter(ofWorker), handlers[workers.Count], options));
            }
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            foreach (Worker worker in workers) worker.Close();
            foreach (UdpSocket socket in sockets.Skip(workers.Count).SelectMany(ofWorker => ofWorker)) socket.Dispose();
            return new OpenResult(OpenStatus.Failed, error.Message, null);
        }

        return new OpenResult(OpenStatus.Opened, "", new WorkerGroup([.. workers], [.. sockets[0].Select(socket => socket.Bound)]));
    }

    /// <summary>Attaches the handlers and starts the threads.</summary>
    /// <exception cref="InvalidOperationException">Started before.</exception>
    public void Start()
    {
        if (_isStarted) throw new InvalidOperationException("started before");
        _isStarted = true;
        foreach (Worker worker in _workers) worker.Start();
    }

    /// <summary>Ends the threads after the batch they are in, and closes the sockets.</summary>
    /// <param name="timeout">How long to wait for a handler to return.</param>
    /// <returns>False when a handler did not return in time: its thread and the sockets are left to the end of the process.</returns>
    public bool Stop(TimeSpan timeout)
    {
        if (_isClosed) return true;
        _isClosed = true;
        foreach (Worker worker in _workers) worker.Stop();
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        bool ended = true;
        foreach (Worker worker in _workers)
        {
            ended &= !_isStarted || worker.Join(TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64)));
        }

        // Sockets of one address may share a descriptor, so all close or none.
        if (!ended) return false;
        foreach (Worker worker in _workers) worker.Close();
        return true;
    }

    public void Dispose() => Stop(DisposeTimeout);
}
