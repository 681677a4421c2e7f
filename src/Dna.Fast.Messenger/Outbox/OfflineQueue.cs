using System.Threading.Channels;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Sends to who is away: one outbox for each recipient, and daily buckets where that overflows (DNA layer, sections 11.2 and 11.3).</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Any thread; what goes to one recipient goes one after the other, in the order of the calls. A deadline covers a whole call.</item>
/// <item>A message is appended to what the network has and to what this client knows, so that an old answer loses nothing; when neither can be known, nothing is written.</item>
/// <item>Queueing the same envelope again changes nothing: a call that ended without an answer may be repeated. What may have arrived stays here until nodes have it for certain.</item>
/// <item>Expired messages and those that the recipient acknowledged with a signature leave the outbox.</item>
/// <item>An outbox holds about six short messages; the 500 after them that day go into buckets, which clients of the first generation do not see.</item>
/// <item>Of two devices of one user that write at the same time one is told so and writes again, with what the other wrote in it; into buckets each writes its own.</item>
/// <item>A session puts again what the network may not have, until it has it; a part of a day that was written in part is whole again then.</item>
/// <item>With a folder, which a session gives it, what is sent is on the disk before it leaves: a process that ends in between sends it at its next start, and no number is given twice.</item>
/// </list>
/// </remarks>
public sealed class OfflineQueue : IDisposable
{
    private readonly RecordNetwork _network;
    private readonly ChunkStore _chunks;
    private readonly IOutboxStore _store;

    // One note says it: whoever reads it sends all there is.
    private readonly Channel<bool> _unsent = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>A queue that keeps what it knows in memory.</summary>
    public OfflineQueue(RecordNetwork network, ChunkStore chunks)
        : this(network, chunks, new MemoryOutboxStore())
    {
    }

    internal OfflineQueue(RecordNetwork network, ChunkStore chunks, IOutboxStore store)
    {
        _network = network;
        _chunks = chunks;
        _store = store;
    }

    /// <summary>Says where messages to whom are put; null: at the keys that anybody derives.</summary>
    internal SaltBook? Salts { get; init; }

    /// <summary>Queues an envelope for a recipient.</summary>
    /// <param name="recipient">Fingerprint.</param>
    /// <param name="envelope">What <see cref="IUserKeys.Seal"/> made; at most 63,488 bytes.</param>
    /// <returns>InvalidParameter; OutOfMemory when the envelope is too long or 500 messages of today are there already; NetworkError and Timeout: it is not queued,
    /// or, when the report says so (<see cref="PutReport.IsPending"/>), nodes may have it, and it is kept and put again; StorageError: nothing was sent.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; it may be sent, now or, where it is on the disk, later.</exception>
    public async Task<PutReport> QueueAsync(IUserKeys sender, string recipient, ReadOnlyMemory<byte> envelope, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(recipient) is not { } to || envelope.IsEmpty) return PutReport.No(ResultCode.InvalidParameter);
        if (envelope.Length > OutboxLimits.EnvelopeBytesMax) return PutReport.No(ResultCode.OutOfMemory);
        ulong now = _network.Now;
        var message = new OfflineMessage(now, now + RecordLimits.WeekSeconds, sender.Fingerprint, to, envelope.ToArray());
        return await StepAsync(sender.Fingerprint, to, step => step.QueueAsync(message), deadline, cancellation).ConfigureAwait(false);
    }

    /// <summary>Which of our messages a recipient says it has; only what the recipient's user key signed.</summary>
    /// <param name="sender">Our fingerprint.</param>
    /// <param name="recipient">Fingerprint.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<DeliveryAcknowledgement>> AcknowledgementAsync(string sender, string recipient, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(sender) is not { } from || UserFingerprint.Normalise(recipient) is not { } to) return Answer<DeliveryAcknowledgement>.No(ResultCode.InvalidParameter);
        Deadline within = _network.Within(deadline);
        OutboxPlace plain = OutboxPlace.Plain(from, to), place = Salts is null || from != Salts.User ? plain : Salts.ToContact(to);
        Answer<DeliveryAcknowledgement> told = await OutboxStep.AcknowledgementAsync(_network, place, from, to, within, cancellation).ConfigureAwait(false);
        // What was told before they agreed on a salt.
        return told.Code == ResultCode.NotFound && place.IsSalted ? await OutboxStep.AcknowledgementAsync(_network, plain, from, to, within, cancellation).ConfigureAwait(false) : told;
    }

    /// <summary>Removes what expired or was acknowledged from the outbox for a recipient, and writes it when that changes it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> PruneAsync(IUserKeys sender, string recipient, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(recipient) is not { } to) return PutReport.No(ResultCode.InvalidParameter);
        return await StepAsync(sender.Fingerprint, to, step => step.PruneAsync(_network.Now), deadline, cancellation).ConfigureAwait(false);
    }

    public void Dispose() => _store.Dispose();

    /// <summary>Waits until a call ended that left something the network may not have. One reader.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal async Task WhenUnsentAsync(CancellationToken cancellation) => await _unsent.Reader.ReadAsync(cancellation).ConfigureAwait(false);

    /// <summary>Puts what the network may not have: what an earlier process left on its disk, and what calls before could not put.</summary>
    /// <returns>The worst of all; Success when there was nothing.</returns>
    internal async Task<PutReport> ResumeAsync(IUserKeys sender, TimeSpan deadline, CancellationToken cancellation)
    {
        var reports = new List<PutReport> { new(ResultCode.Success, 0) };
        try
        {
            foreach (string recipient in _store.Pending())
                reports.Add(await StepAsync(sender.Fingerprint, recipient, step => step.ResumeAsync(_network.Now), deadline, cancellation).ConfigureAwait(false));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            reports.Add(PutReport.No(ResultCode.StorageError));
        }

        return PutReport.Worst(reports);
    }

    private async Task<PutReport> StepAsync(string sender, string recipient, Func<OutboxStep, Task<PutReport>> step, TimeSpan deadline, CancellationToken cancellation)
    {
        Deadline within = _network.Within(deadline);
        try
        {
            using OutboxTurn? turn = await _store.EnterAsync(sender, recipient, within, cancellation).ConfigureAwait(false);
            if (turn is null) return PutReport.No(ResultCode.Timeout);
            if (Salts is not null && !await Salts.OpenAsync(cancellation).ConfigureAwait(false)) return PutReport.No(ResultCode.StorageError);
            OutboxPlace place = Salts is null || sender != Salts.User ? OutboxPlace.Plain(sender, recipient) : Salts.ToContact(recipient);
            var ours = new OutboxStep(new OutboxCall(_network, _chunks, sender, recipient, place, within, cancellation), turn);
            bool isDone = false;
            try
            {
                PutReport report = await ours.MoveAsync(_network.Now).ConfigureAwait(false) ?? await step(ours).ConfigureAwait(false);
                isDone = report.IsSuccess;
                return report;
            }
            finally
            {
                // After a success there is only what has no room yet: trying again would not make any.
                if (!isDone && turn.State.IsAnyPending) _unsent.Writer.TryWrite(true);
            }
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return PutReport.No(ResultCode.StorageError);
        }
    }
}
