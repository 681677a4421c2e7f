using System.Collections.Concurrent;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Sends to who is away: one outbox for each recipient, and daily buckets where that overflows (DNA layer, sections 11.2 and 11.3).</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Any thread; what goes to one recipient goes one after the other, in the order of the calls. A deadline covers a whole call.</item>
/// <item>A message is appended to what the network has and to what this client knows, so that an old answer loses nothing; when neither can be known, nothing is written.</item>
/// <item>Queueing the same envelope again changes nothing: a call that ended without an answer may be repeated.</item>
/// <item>Expired messages and those that the recipient acknowledged with a signature leave the outbox.</item>
/// <item>An outbox holds about six short messages; the 500 after them that day go into buckets, which clients of the first generation do not see.</item>
/// </list>
/// Two devices of one user that send to one recipient within one round trip may replace each other's newest message in the network; each puts its own back when it sends again.
/// </remarks>
public sealed class OfflineQueue(RecordNetwork network, ChunkStore chunks) : IDisposable
{
    private readonly KeyLocks _locks = new();
    private readonly ConcurrentDictionary<(string Sender, string Recipient), OutboxState> _states = new();

    /// <summary>Queues an envelope for a recipient.</summary>
    /// <param name="recipient">Fingerprint.</param>
    /// <param name="envelope">What <see cref="IUserKeys.Seal"/> made; at most 63,488 bytes.</param>
    /// <returns>InvalidParameter; OutOfMemory when the envelope is too long or 500 messages of today are there already; NetworkError and Timeout: it is not queued as far as is known.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> QueueAsync(IUserKeys sender, string recipient, ReadOnlyMemory<byte> envelope, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(recipient) is not { } to || envelope.IsEmpty) return PutReport.No(ResultCode.InvalidParameter);
        if (envelope.Length > OutboxLimits.EnvelopeBytesMax) return PutReport.No(ResultCode.OutOfMemory);
        Deadline within = network.Within(deadline);
        using IDisposable? turn = await _locks.EnterAsync(to, within, cancellation).ConfigureAwait(false);
        if (turn is null) return PutReport.No(ResultCode.Timeout);
        OutboxState state = _states.GetOrAdd((sender.Fingerprint, to), _ => new OutboxState());
        ulong now = network.Now;
        var message = new OfflineMessage(now, now + RecordLimits.WeekSeconds, sender.Fingerprint, to, envelope.ToArray());
        var step = new OutboxStep(network, chunks, state, message, within, cancellation);
        return await step.QueueAsync().ConfigureAwait(false);
    }

    /// <summary>Which of our messages a recipient says it has; only what the recipient's user key signed.</summary>
    /// <param name="sender">Our fingerprint.</param>
    /// <param name="recipient">Fingerprint.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<DeliveryAcknowledgement>> AcknowledgementAsync(string sender, string recipient, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(sender) is not { } from || UserFingerprint.Normalise(recipient) is not { } to) return Answer<DeliveryAcknowledgement>.No(ResultCode.InvalidParameter);
        return await OutboxStep.AcknowledgementAsync(network, from, to, network.Within(deadline), cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes what expired or was acknowledged from the outbox for a recipient, and writes it when that changes it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> PruneAsync(IUserKeys sender, string recipient, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (UserFingerprint.Normalise(recipient) is not { } to) return PutReport.No(ResultCode.InvalidParameter);
        Deadline within = network.Within(deadline);
        using IDisposable? turn = await _locks.EnterAsync(to, within, cancellation).ConfigureAwait(false);
        if (turn is null) return PutReport.No(ResultCode.Timeout);
        OutboxState state = _states.GetOrAdd((sender.Fingerprint, to), _ => new OutboxState());
        var step = new OutboxStep(network, chunks, state, new OfflineMessage(network.Now, 0, sender.Fingerprint, to, default), within, cancellation);
        return await step.PruneAsync().ConfigureAwait(false);
    }

    public void Dispose() => _locks.Dispose();
}
