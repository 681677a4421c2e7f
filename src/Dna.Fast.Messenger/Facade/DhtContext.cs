using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>The original client's calls by name (DNA layer, sections 3.2 to 3.5), for applications that know them; without its losses.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>dht_context_put</term><description><see cref="PutAsync"/>: unsigned, random id, 7 days.</description></item>
/// <item><term>dht_context_put_ttl</term><description><see cref="PutTtlAsync"/>: unsigned, random id; with <see cref="Permanent"/> announced until deleted or closed.</description></item>
/// <item><term>dht_context_put_permanent</term><description><see cref="PutPermanentAsync"/>: as put_ttl with <see cref="Permanent"/>.</description></item>
/// <item><term>dht_context_put_signed</term><description><see cref="PutSignedAsync"/>: signed by our owner key, under a given id; announced until deleted or closed. With <see cref="Permanent"/> of the year type.</description></item>
/// <item><term>dht_context_put_signed_permanent</term><description><see cref="PutSignedPermanentAsync"/>.</description></item>
/// <item><term>dht_context_get, get_async, get_all</term><description><see cref="GetAsync(ReadOnlyMemory{byte}, TimeSpan, CancellationToken)"/>, the same with a callback, <see cref="GetAllAsync"/>.</description></item>
/// <item><term>dht_context_delete</term><description><see cref="DeleteAsync(ReadOnlyMemory{byte}, TimeSpan, CancellationToken)"/>: signed tombstones, where the original did nothing.</description></item>
/// <item><term>dht_context_is_ready, wait_for_ready, get_stats</term><description><see cref="IsReady"/>, <see cref="WhenReadyAsync"/>, <see cref="GetStatistics"/>.</description></item>
/// </list>
/// Any thread; calls may overlap. Every call has a deadline and a cancellation token and answers with one of the thirteen codes; only a cancelled token throws. Keys are bytes: the place in the
/// network is their SHA-1. A time to live is rounded up to what a value type keeps: 7 or 365 days. Before it is closed nothing is lost silently; afterwards the answer is
/// <see cref="ResultCode.NotInitialized"/>.
/// </remarks>
/// <param name="time">For deadlines.</param>
/// <param name="readiness">Whether the node is ready to be asked.</param>
/// <param name="status">The node's figures.</param>
/// <param name="store">The node's store.</param>
public sealed class DhtContext(ISecureDht dht, TimeProvider time, IReadiness readiness, Func<NodeStatus> status, IValueStore store) : IAsyncDisposable
{
    /// <summary>The original's UINT_MAX: no end.</summary>
    public const uint Permanent = uint.MaxValue;

    /// <summary>How long closing waits for calls; then they are cancelled.</summary>
    public static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(10);

    private readonly Announcements _announced = new(RecordNetwork.AnnouncedMax);
    private readonly CallGate _gate = new();

    /// <summary>Over a node of ours.</summary>
    public DhtContext(ISecureDht dht, TimeProvider time, Node node)
        : this(dht, time, new NodeReadiness(() => node.Status, time), () => node.Status, node.Context.Store)
    {
    }

    /// <summary>True when the node knows enough others. Nobody has to wait for it: each call waits by itself.</summary>
    public bool IsReady => readiness.IsReady;

    /// <summary>Puts an unsigned value for 7 days, once, under a random id.</summary>
    /// <param name="value">May be empty; an empty value is never found again.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<DhtPut> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, TimeSpan deadline, CancellationToken cancellation = default) =>
        PutTtlAsync(key, value, ttlSeconds: 0, deadline, cancellation);

    /// <summary>Puts an unsigned value under a random id.</summary>
    /// <param name="ttlSeconds">0: 7 days. <see cref="Permanent"/>: 365 days, and announced until deleted or closed.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<DhtPut> PutTtlAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, uint ttlSeconds, TimeSpan deadline, CancellationToken cancellation = default) =>
        CallAsync(DhtPut.No, key, token => PutUnsignedAsync(InfoHash.Of(key.Span), value, ttlSeconds, deadline, token), cancellation);

    /// <summary>Puts an unsigned value for 365 days, and announces it until deleted or closed.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<DhtPut> PutPermanentAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, TimeSpan deadline, CancellationToken cancellation = default) =>
        PutTtlAsync(key, value, Permanent, deadline, cancellation);

    /// <summary>Puts a value signed by our owner key in place of the one we have under this id, and announces it until deleted or closed.</summary>
    /// <param name="value">Not empty: an empty one means that it is deleted.</param>
    /// <param name="valueId">Not 0.</param>
    /// <param name="ttlSeconds">0: 7 days. <see cref="Permanent"/>: 365 days.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<DhtPut> PutSignedAsync(
        ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, ulong valueId, uint ttlSeconds, TimeSpan deadline, CancellationToken cancellation = default) =>
        value.IsEmpty || valueId == 0
            ? Task.FromResult(DhtPut.No(ResultCode.InvalidParameter))
            : CallAsync(DhtPut.No, key, token => PutOwnAsync(InfoHash.Of(key.Span), value, valueId, TypeFor(ttlSeconds), deadline, token), cancellation);

    /// <summary>As <see cref="PutSignedAsync"/>, for 365 days.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<DhtPut> PutSignedPermanentAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, ulong valueId, TimeSpan deadline, CancellationToken cancellation = default) =>
        PutSignedAsync(key, value, valueId, Permanent, deadline, cancellation);

    /// <summary>The first genuine value that arrives and is not empty.</summary>
    /// <returns>NotFound when nodes answered and have none; NetworkError and Timeout when it is not known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<ReadOnlyMemory<byte>>> GetAsync(ReadOnlyMemory<byte> key, TimeSpan deadline, CancellationToken cancellation = default) =>
        CallAsync(Answer<ReadOnlyMemory<byte>>.No, key, token => GetFirstAsync(InfoHash.Of(key.Span), new Deadline(time, deadline), token), cancellation);

    /// <summary>As the other, and tells a callback: exactly once, on the thread pool, whatever the answer is; not when cancelled.</summary>
    /// <returns>Ends after the callback; fails with what the callback throws.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task GetAsync(ReadOnlyMemory<byte> key, Action<Answer<ReadOnlyMemory<byte>>> done, TimeSpan deadline, CancellationToken cancellation = default)
    {
        // Never on the caller's thread, even when the answer is there at once.
        await Task.Yield();
        done(await GetAsync(key, deadline, cancellation).ConfigureAwait(false));
    }

    /// <summary>All genuine values: of each owner and id the newest version, and unsigned ones each once. Not the deleted and the empty ones.</summary>
    /// <returns>As the other. Success may be less than all when the deadline came first.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<IReadOnlyList<DhtValue>>> GetAllAsync(ReadOnlyMemory<byte> key, TimeSpan deadline, CancellationToken cancellation = default) =>
        CallAsync(Answer<IReadOnlyList<DhtValue>>.No, key, token => GetEveryAsync(InfoHash.Of(key.Span), deadline, token), cancellation);

    /// <summary>Deletes what we signed under a key, whatever its ids are: a signed tombstone for each. Unsigned values have no owner, and live until they expire.</summary>
    /// <returns>Of several the worst; NotFound when nothing of ours is there.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<DhtPut> DeleteAsync(ReadOnlyMemory<byte> key, TimeSpan deadline, CancellationToken cancellation = default) =>
        CallAsync(DhtPut.No, key, token => DeleteAllAsync(InfoHash.Of(key.Span), new Deadline(time, deadline), token), cancellation);

    /// <summary>Deletes one value of ours: a signed tombstone, which outlives every copy of it. An unsigned one is announced no more.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<DhtPut> DeleteAsync(ReadOnlyMemory<byte> key, ulong valueId, TimeSpan deadline, CancellationToken cancellation = default) =>
        CallAsync(DhtPut.No, key, token => DeleteOneAsync(InfoHash.Of(key.Span), valueId, deadline, token), cancellation);

    /// <summary>Ends when the node is ready.</summary>
    /// <returns>Timeout when it was not in time.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<ResultCode> WhenReadyAsync(TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (!_gate.TryEnter()) return ResultCode.NotInitialized;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _gate.Ended);
        try
        {
            await readiness.WhenReadyAsync(either.Token).WaitAsync(new Deadline(time, deadline).LeftToWait, time, either.Token).ConfigureAwait(false);
            return ResultCode.Success;
        }
        catch (TimeoutException)
        {
            // Nobody waits any more: it need not look any more.
            await either.CancelAsync().ConfigureAwait(false);
            return ResultCode.Timeout;
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>The node in numbers: nodes out of its tables, values out of its store.</summary>
    public DhtStatistics GetStatistics()
    {
        NodeStatus now = status();
        return new DhtStatistics(now.V4.Good, now.V4.Dubious, now.V6.Good, now.V6.Dubious, store.Statistics.Values, _announced.Count);
    }

    /// <summary>Lets no call in any more, waits for those that run within <see cref="CloseWithin"/>, and ends all announcements. The node below goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.CloseAsync(CloseWithin, time).ConfigureAwait(false);
        _announced.Dispose();
        _gate.Dispose();
    }

    // What lives longer than 7 days is of the year type: nodes of the first generation drop the 30-day type after ten minutes.
    private static ushort TypeFor(uint ttlSeconds) => ttlSeconds <= RecordLimits.WeekSeconds ? TypeRegistry.SevenDays : TypeRegistry.Year;

    private async Task<T> CallAsync<T>(Func<ResultCode, T> refusal, ReadOnlyMemory<byte> key, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        if (key.IsEmpty) return refusal(ResultCode.InvalidParameter);
        if (!_gate.TryEnter()) return refusal(ResultCode.NotInitialized);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _gate.Ended);
            return await call(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Closed.
            return refusal(ResultCode.NotInitialized);
        }
        finally
        {
            _gate.Leave();
        }
    }

    private async Task<DhtPut> PutUnsignedAsync(InfoHash key, ReadOnlyMemory<byte> value, uint ttlSeconds, TimeSpan deadline, CancellationToken cancellation)
    {
        ulong id = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
        ushort type = TypeFor(ttlSeconds);
        if (new ValueBuilder { Id = id, Type = type, Data = value }.Pack(out byte[] packed) != DecodeStatus.Ok) return DhtPut.No(ResultCode.OutOfMemory);
        PutAnswer answer;
        if (ttlSeconds == Permanent)
        {
            PermanentPut put = await dht.Plain.PutPermanentAsync(key, packed, deadline, cancellation).ConfigureAwait(false);
            _announced.Keep(key, id, put);
            answer = put.FirstRound;
        }
        else
        {
            answer = await dht.Plain.PutAsync(key, packed, deadline, cancellation).ConfigureAwait(false);
        }

        ResultCode code = answer.Status switch
        {
            PutAnswerStatus.Acknowledged => ResultCode.Success,
            PutAnswerStatus.TimedOut => ResultCode.Timeout,
            PutAnswerStatus.Unacknowledged or PutAnswerStatus.Unreachable => ResultCode.NetworkError,
            PutAnswerStatus.Refused => ResultCode.AlreadyExists,
            _ => ResultCode.GeneralError,
        };
        return new DhtPut(code, answer.Acknowledged, answer.Asked, id, 0, RecordLifetime.Of(type));
    }

    private async Task<DhtPut> PutOwnAsync(InfoHash key, ReadOnlyMemory<byte> value, ulong valueId, ushort type, TimeSpan deadline, CancellationToken cancellation)
    {
        if (value.Length > RecordLimits.ValueDataBytesMax) return DhtPut.No(ResultCode.OutOfMemory);
        SecurePermanentPut put = await dht.PutSignedPermanentAsync(key, new NewSecureValue { Id = valueId, Type = type, Data = value }, deadline, cancellation).ConfigureAwait(false);
        if (put.IsAnnounced) _announced.Keep(key, valueId, put);
        return ResultOf(put.FirstRound, type);
    }

    private async Task<Answer<ReadOnlyMemory<byte>>> GetFirstAsync(InfoHash key, Deadline deadline, CancellationToken cancellation)
    {
        SecureGetAnswer first = await dht.GetAsync(key, default, deadline.Left, cancellation).ConfigureAwait(false);
        VerifiedValue? value = first.Values.FirstOrDefault(found => !found.Data.IsEmpty);
        if (value is null && first.Values.Count > 0)
        {
            // An empty one came first: it says nothing about the others.
            first = await dht.GetAllAsync(key, default, deadline.Left, cancellation).ConfigureAwait(false);
            value = first.Values.FirstOrDefault(found => !found.Data.IsEmpty);
        }

        return value is null ? Answer<ReadOnlyMemory<byte>>.No(Missing(first)) : Answer<ReadOnlyMemory<byte>>.Of(value.Data);
    }

    private async Task<Answer<IReadOnlyList<DhtValue>>> GetEveryAsync(InfoHash key, TimeSpan deadline, CancellationToken cancellation)
    {
        SecureGetAnswer all = await dht.GetAllAsync(key, default, deadline, cancellation).ConfigureAwait(false);
        DhtValue[] values = [.. all.Values.Where(found => !found.Data.IsEmpty)
            .Select(found => new DhtValue(found.Data, found.IsSigned ? found.OwnerId.ToString() : null, found.Id, found.Seq, found.Type))];
        return values.Length == 0 ? Answer<IReadOnlyList<DhtValue>>.No(Missing(all)) : Answer<IReadOnlyList<DhtValue>>.Of(values);
    }

    private async Task<DhtPut> DeleteAllAsync(InfoHash key, Deadline deadline, CancellationToken cancellation)
    {
        SecureGetAnswer all = await dht.GetAllAsync(key, default, deadline.Left, cancellation).ConfigureAwait(false);
        ulong[] own = [.. all.Values.Where(found => found.IsSigned && found.OwnerId == dht.OwnerId).Select(found => found.Id)];
        if (own.Length == 0) return DhtPut.No(Missing(all));
        DhtPut[] deleted = await Task.WhenAll(own.Select(id => DeleteOneAsync(key, id, deadline.Left, cancellation))).ConfigureAwait(false);
        return deleted.MinBy(put => (put.IsSuccess, put.Acknowledged));
    }

    private async Task<DhtPut> DeleteOneAsync(InfoHash key, ulong valueId, TimeSpan deadline, CancellationToken cancellation)
    {
        SecurePutAnswer answer = await dht.DeleteAsync(key, valueId, deadline, cancellation).ConfigureAwait(false);
        DhtPut deleted = ResultOf(answer, TypeRegistry.Year) with { Lifetime = default };
        // What nobody was told to forget stays announced: whoever had taken it would lose it before its time, undeleted.
        bool isAnybodyTold = deleted.Acknowledged > 0 || deleted.Code is not (ResultCode.NetworkError or ResultCode.Timeout);
        if (isAnybodyTold) _announced.Stop(key, valueId);
        return deleted;
    }

    private static DhtPut ResultOf(in SecurePutAnswer answer, ushort type) =>
        new(RecordNetwork.CodeOf(answer.Status), answer.Acknowledged, answer.Asked, answer.ValueId, answer.Seq, RecordLifetime.Of(type));

    private static ResultCode Missing(SecureGetAnswer answer) => answer.Status switch
    {
        GetAnswerStatus.Unreachable => ResultCode.NetworkError,
        GetAnswerStatus.TimedOut => ResultCode.Timeout,
        _ => answer.IsComplete ? ResultCode.NotFound : ResultCode.Timeout,
    };
}
