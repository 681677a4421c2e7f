using System.Collections.Concurrent;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>The network as the services of this layer need it: records of ours that stay announced, and everybody's records under one key.</summary>
/// <remarks>
/// Any thread. A record of ours has value id 1, as the original's; where another owner or an older identity of ours already holds that slot it has our owner's id instead
/// (<see cref="DnaKeys.OwnerValueId"/>), and where a stranger sits there too a random one; readers, who look at all values, find it anywhere. Where nodes keep the
/// first version of a type that they do not know, the next ones lie beside it as user data (type 0). Disposing ends all announcements and calls; it does not dispose the network below.
/// From then on nothing is sent, and the answer is <see cref="ResultCode.NotInitialized"/>.
/// </remarks>
/// <param name="time">For timestamps in records, and for deadlines.</param>
public sealed class RecordNetwork(ISecureDht dht, SuiteSet suites, TimeProvider time) : IDisposable
{
    /// <summary>Records that stay announced at a time: the oldest one makes room. Daily buckets would add up for ever otherwise.</summary>
    public const int AnnouncedMax = 1024;

    /// <summary>The id the original gives its signed records.</summary>
    internal const ulong UsualValueId = 1;

    private readonly Announcements _announced = new(AnnouncedMax);
    private readonly CallGate _gate = new();
    private readonly ConcurrentDictionary<ushort, bool> _editable = new();
    private SecurePermanentPut? _certificate;

    /// <summary>Whose records are read.</summary>
    public SuiteSet Suites => suites;

    /// <summary>The network below.</summary>
    public ISecureDht Dht => dht;

    /// <summary>The value id of ours under keys that others write under too.</summary>
    public ulong OwnerValueId { get; } = DnaKeys.OwnerValueId(dht.OwnerLongId);

    /// <summary>Seconds since 1970.</summary>
    public ulong Now => (ulong)Math.Max(0, time.GetUtcNow().ToUnixTimeSeconds());

    internal TimeProvider Time => time;

    internal Deadline Within(TimeSpan deadline) => new(time, deadline);

    /// <summary>Puts a record that only we write, at id 1 or, where that slot is not ours, at another.</summary>
    /// <param name="expected">The version it is made from; null when it does not matter.</param>
    internal Task<RecordPut> PutOwnAsync(InfoHash key, ushort type, ReadOnlyMemory<byte> data, Deadline deadline, CancellationToken cancellation, int? expected = null) =>
        PutAsync(key, UsualValueId, type, data, deadline, cancellation, expected);

    /// <summary>Puts our record under a key that others write under too, at our owner's id or, where that slot is not ours, at another.</summary>
    internal Task<RecordPut> PutSharedAsync(InfoHash key, ushort type, ReadOnlyMemory<byte> data, Deadline deadline, CancellationToken cancellation) =>
        PutAsync(key, OwnerValueId, type, data, deadline, cancellation);

    /// <summary>Puts a record at an id or, where that slot is not ours, at our owner's, or where we put it before, or at a random one; it stays announced.</summary>
    /// <remarks>All ids but random ones are known to everybody, so a stranger can be there first.</remarks>
    /// <param name="expected">As <see cref="NewSecureValue.ExpectedSeq"/>, at whichever id it is put.</param>
    internal async Task<RecordPut> PutAsync(
        InfoHash key, ulong id, ushort type, ReadOnlyMemory<byte> data, Deadline deadline, CancellationToken cancellation, int? expected = null)
    {
        if (!_gate.TryEnter()) return new RecordPut(PutReport.No(ResultCode.NotInitialized), 0);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _gate.Ended);
            return await PutOpenAsync(key, id, type, data, expected, deadline, either.Token).ConfigureAwait(false);
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>Everybody's records under a key.</summary>
    internal async Task<RecordsFound> GetAllAsync(InfoHash key, Deadline deadline, CancellationToken cancellation)
    {
        if (!_gate.TryEnter()) return new RecordsFound(ResultCode.NotInitialized, [], false);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _gate.Ended);
            return await GetAllOpenAsync(key, deadline, either.Token).ConfigureAwait(false);
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>Publishes the certificate of our owner key, and keeps it announced.</summary>
    internal async Task<PutReport> PublishCertificateAsync(Deadline deadline, CancellationToken cancellation)
    {
        if (!_gate.TryEnter()) return PutReport.No(ResultCode.NotInitialized);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _gate.Ended);
            SecurePermanentPut put = await dht.PublishCertificateAsync(deadline.Left, either.Token).ConfigureAwait(false);
            // Nobody signs over a certificate, so the one before goes on until it is ended here.
            Interlocked.Exchange(ref _certificate, put)?.Dispose();
            if (_gate.Ended.IsCancellationRequested) put.Dispose();
            return new PutReport(CodeOf(put.FirstRound.Status), put.FirstRound.Acknowledged);
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>Lets no call in any more, waits for those that run, and disposes.</summary>
    /// <returns>True when all ended by themselves; those that did not are cancelled.</returns>
    internal async Task<bool> StopAsync(TimeSpan bound)
    {
        bool isDrained = await _gate.CloseAsync(bound, time).ConfigureAwait(false);
        Dispose();
        return isDrained;
    }

    private async Task<RecordPut> PutOpenAsync(InfoHash key, ulong id, ushort type, ReadOnlyMemory<byte> data, int? expected, Deadline deadline, CancellationToken cancellation)
    {
        if (data.Length > RecordLimits.ValueDataBytesMax) return new RecordPut(PutReport.No(ResultCode.OutOfMemory), 0);
        // Also at the other ids: who sits on the first one must not be able to make two devices of ours write over each other.
        var value = new NewSecureValue { Id = id, Type = type, Data = data, ExpectedSeq = expected };
        SecurePutAnswer answer = await AnnounceAsync(key, value, deadline, cancellation).ConfigureAwait(false);
        if (IsSlotLost(answer) && id != OwnerValueId) answer = await AnnounceAsync(key, value with { Id = OwnerValueId }, deadline, cancellation).ConfigureAwait(false);
        if (IsSlotLost(answer))
        {
            RecordsFound found = await GetAllOpenAsync(key, deadline, cancellation).ConfigureAwait(false);
            if (found.Code is ResultCode.NetworkError or ResultCode.Timeout) return new RecordPut(PutReport.No(found.Code), 0);
            ulong before = found.Values.FirstOrDefault(old => old.IsSigned && old.OwnerId == dht.OwnerId && old.Id != id && old.Id != OwnerValueId)?.Id ?? 0;
            answer = await AnnounceAsync(key, value with { Id = before }, deadline, cancellation).ConfigureAwait(false);
        }

        if (answer is { Status: SecurePutStatus.Acknowledged, Seq: > 0 } && !_editable.ContainsKey(type)) answer = await ProveAsync(key, value, answer, deadline, cancellation).ConfigureAwait(false);
        return new RecordPut(new PutReport(CodeOf(answer.Status), answer.Acknowledged), answer.Seq, answer.ValueId, answer.Status == SecurePutStatus.Outdated);
    }

    /// <summary>Looks whether any node took a new version, once for each type: stock nodes acknowledge a change of a type that they do not know, and keep the old version. They keep it no longer than
    /// user data, which its owner may change there: as that the version is put beside the old one.</summary>
    private async Task<SecurePutAnswer> ProveAsync(InfoHash key, NewSecureValue value, SecurePutAnswer answer, Deadline deadline, CancellationToken cancellation)
    {
        RecordsFound found = await GetAllOpenAsync(key, deadline, cancellation).ConfigureAwait(false);
        VerifiedValue[] ours = [.. found.Values.Where(there => there.IsSigned && there.OwnerId == dht.OwnerId)];
        VerifiedValue[] inSlot = [.. ours.Where(there => there.Id == answer.ValueId)];
        if (inSlot.Any(version => version.From.IsValid && version.Seq >= answer.Seq)) _editable[value.Type] = true;
        // What could not be looked at may be there as it was acknowledged. Kept is an old version of a node's, or a new one of our own store alone.
        bool isKept = found.IsComplete && !_editable.ContainsKey(value.Type) && inSlot.Any(version => version.From.IsValid == (version.Seq < answer.Seq));
        if (!isKept) return answer;
        NewSecureValue instead = value with { Id = InsteadOf(answer.ValueId), Type = TypeRegistry.UserData, ExpectedSeq = null };
        SecurePutAnswer beside = await AnnounceAsync(key, instead, deadline, cancellation).ConfigureAwait(false);
        if (!IsSlotLost(beside)) return beside;
        ulong before = ours.FirstOrDefault(there => there.Type == TypeRegistry.UserData && there.Id != instead.Id)?.Id ?? 0;
        return await AnnounceAsync(key, instead with { Id = before }, deadline, cancellation).ConfigureAwait(false);
    }

    // Others have theirs under keys that several write under.
    private ulong InsteadOf(ulong id) => ~(id == UsualValueId ? OwnerValueId : id);

    private async Task<RecordsFound> GetAllOpenAsync(InfoHash key, Deadline deadline, CancellationToken cancellation)
    {
        SecureGetAnswer answer = await dht.GetAllAsync(key, default, deadline.Left, cancellation).ConfigureAwait(false);
        ResultCode code = answer.Status switch
        {
            GetAnswerStatus.Unreachable => ResultCode.NetworkError,
            GetAnswerStatus.TimedOut => ResultCode.Timeout,
            _ => answer.Values.Count > 0 ? ResultCode.Success : ResultCode.NotFound,
        };
        return new RecordsFound(code, answer.Values, answer.IsComplete);
    }

    /// <summary>Announces a record of ours no more; in the network it lives on until it expires.</summary>
    /// <returns>False when it was not announced.</returns>
    internal bool StopAnnouncing(InfoHash key, ulong id) => _announced.Stop(key, id);

    /// <summary>Ends all announcements and calls. What is in the network lives on until it expires.</summary>
    public void Dispose()
    {
        _gate.Dispose();
        _announced.Dispose();
        Interlocked.Exchange(ref _certificate, null)?.Dispose();
    }

    private static bool IsSlotLost(in SecurePutAnswer answer) => answer.Status is SecurePutStatus.SlotTaken or SecurePutStatus.NotEditable or SecurePutStatus.SeqExhausted;

    private async Task<SecurePutAnswer> AnnounceAsync(InfoHash key, NewSecureValue value, Deadline deadline, CancellationToken cancellation)
    {
        SecurePermanentPut put = await dht.PutSignedPermanentAsync(key, value, deadline.Left, cancellation).ConfigureAwait(false);
        if (put.IsAnnounced) _announced.Keep(key, put.FirstRound.ValueId, put);
        return put.FirstRound;
    }

    internal static ResultCode CodeOf(SecurePutStatus status) => status switch
    {
        SecurePutStatus.Acknowledged => ResultCode.Success,
        // Others' writes came between ours and its success each time; it may be done in part.
        SecurePutStatus.Unacknowledged or SecurePutStatus.Unreachable or SecurePutStatus.Outdated => ResultCode.NetworkError,
        SecurePutStatus.TimedOut => ResultCode.Timeout,
        SecurePutStatus.TooLarge => ResultCode.OutOfMemory,
        SecurePutStatus.SlotTaken => ResultCode.AlreadyExists,
        SecurePutStatus.NothingToDelete => ResultCode.NotFound,
        _ => ResultCode.GeneralError,
    };
}

/// <param name="Seq">The version it has in the network.</param>
/// <param name="ValueId">The id it has there; 0 when it was not put.</param>
/// <param name="IsOutdated">True: another device of the same owner put as new a version; read, merge, put again.</param>
internal readonly record struct RecordPut(PutReport Report, ushort Seq, ulong ValueId = 0, bool IsOutdated = false)
{
    public bool IsSuccess => Report.IsSuccess;
}

/// <param name="Code">Success, NotFound, NetworkError, Timeout or, of a client that stopped, NotInitialized.</param>
/// <param name="IsComplete">False when the deadline came first, so more may exist.</param>
internal readonly record struct RecordsFound(ResultCode Code, IReadOnlyList<VerifiedValue> Values, bool IsComplete)
{
    /// <summary>What to say when nothing usable was among the values: that it does not exist, only where that is known.</summary>
    public ResultCode Missing => Code switch
    {
        ResultCode.Success or ResultCode.NotFound => IsComplete ? ResultCode.NotFound : ResultCode.Timeout,
        _ => Code,
    };
}
