using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary><see cref="IDht"/> over a running node. Any thread; does not own the node.</summary>
public sealed class Dht : IDht
{
    /// <summary>Changes a listener's reader may be behind: as many as stock's listeners cache per node (section 6.7).</summary>
    public const int ListenBacklogMax = 4096;

    private readonly INodeOperations _node;
    private readonly TimeProvider _time;

    /// <param name="time">For deadlines and for the creation times of values.</param>
    public Dht(Node node, TimeProvider time)
        : this(new NodeOperations(node, time), time)
    {
    }

    internal Dht(INodeOperations node, TimeProvider time)
    {
        _node = node;
        _time = time;
    }

    public async Task<PutAnswer> PutAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation = default)
    {
        var outcome = NewOutcome<PutOutcome>();
        IOperation operation = _node.Put(key, packed, permanent: false, done => outcome.TrySetResult(done));
        return await FirstRoundAsync(operation, outcome.Task, deadline, endsWhenLate: true, cancellation).ConfigureAwait(false);
    }

    public async Task<PermanentPut> PutPermanentAsync(InfoHash key, ReadOnlyMemory<byte> packed, TimeSpan deadline, CancellationToken cancellation = default)
    {
        var outcome = NewOutcome<PutOutcome>();
        IOperation operation = _node.Put(key, packed, permanent: true, done => outcome.TrySetResult(done));
        PutAnswer first = await FirstRoundAsync(operation, outcome.Task, deadline, endsWhenLate: false, cancellation).ConfigureAwait(false);
        return new PermanentPut(operation, first);
    }

    public Task<GetAnswer> GetAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default) =>
        GetAsync(key, where, wanted: 1, deadline, cancellation);

    public Task<GetAnswer> GetAllAsync(InfoHash key, ReadOnlyMemory<byte> where, TimeSpan deadline, CancellationToken cancellation = default) =>
        GetAsync(key, where, wanted: int.MaxValue, deadline, cancellation);

    public async IAsyncEnumerable<ListenEvent> ListenAsync(
        InfoHash key, ReadOnlyMemory<byte> where, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var changes = Channel.CreateBounded<ListenEvent>(new BoundedChannelOptions(ListenBacklogMax) { SingleReader = true });
        IOperation operation = _node.Listen(key, where, change =>
        {
            // The node's thread never waits for a reader; a reader that lost something is told.
            if (!changes.Writer.TryWrite(change)) changes.Writer.TryComplete(new ListenOverflowException());
        });
        try
        {
            await foreach (ListenEvent change in changes.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return change;
        }
        finally
        {
            operation.Cancel();
        }
    }

    public async Task<InfoHash?> PingAsync(NodeAddress address, TimeSpan deadline, CancellationToken cancellation = default)
    {
        var outcome = NewOutcome<InfoHash?>();
        _node.Ping(address, (answered, id) => outcome.TrySetResult(answered ? id : null));
        return await IsInTimeAsync(outcome.Task, deadline, cancellation).ConfigureAwait(false) ? await outcome.Task.ConfigureAwait(false) : null;
    }

    /// <summary>Waits for a put's first round; a late or cancelled one is ended.</summary>
    private async Task<PutAnswer> FirstRoundAsync(
        IOperation operation, Task<PutOutcome> outcome, TimeSpan deadline, bool endsWhenLate, CancellationToken cancellation)
    {
        bool goesOn = false;
        try
        {
            bool isInTime = await IsInTimeAsync(outcome, deadline, cancellation).ConfigureAwait(false);
            goesOn = isInTime || !endsWhenLate;
            return isInTime ? PutAnswer.From(await outcome.ConfigureAwait(false)) : new PutAnswer(PutAnswerStatus.TimedOut, 0, 0);
        }
        finally
        {
            if (!goesOn) operation.Cancel();
        }
    }

    private async Task<GetAnswer> GetAsync(InfoHash key, ReadOnlyMemory<byte> where, int wanted, TimeSpan deadline, CancellationToken cancellation)
    {
        var outcome = NewOutcome<GetOutcome>();
        var enough = NewOutcome<bool>();
        var values = new List<FoundValue>();
        IOperation operation = _node.Get(key, where, Take, done => outcome.TrySetResult(done));
        bool isInTime = false;
        try
        {
            isInTime = await IsInTimeAsync(Task.WhenAny(outcome.Task, enough.Task), deadline, cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (!outcome.Task.IsCompleted) operation.Cancel();
        }

        FoundValue[] found;
        lock (values) found = [.. values];
        GetOutcome end = outcome.Task.IsCompleted ? await outcome.Task.ConfigureAwait(false) : default;
        GetAnswerStatus status = found.Length > 0 ? GetAnswerStatus.Found
            : !isInTime ? GetAnswerStatus.TimedOut
            : end.Reachable ? GetAnswerStatus.Absent
            : GetAnswerStatus.Unreachable;
        return new GetAnswer(status, found, end.Answered, isInTime);

        bool Take(FoundValue value)
        {
            lock (values)
            {
                // A value that was on its way when enough were there is not asked for any more.
                if (values.Count >= wanted) return false;
                // What our own store gave first, and a node has too, is that node's.
                int own = value.From == default ? -1 : values.FindIndex(other => other.From == default && other.Packed.Span.SequenceEqual(value.Packed.Span));
                if (own >= 0)
                {
                    values[own] = value;
                    return true;
                }

                values.Add(value);
                if (values.Count < wanted) return true;
            }

            enough.TrySetResult(true);
            return false;
        }
    }

    /// <summary>Waits for a task within the deadline.</summary>
    /// <returns>False when the deadline came first.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    private async Task<bool> IsInTimeAsync(Task task, TimeSpan deadline, CancellationToken cancellation)
    {
        try
        {
            await task.WaitAsync(deadline, _time, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Asynchronous continuations: what an application does next does not run on the node's thread.
    private static TaskCompletionSource<T> NewOutcome<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
