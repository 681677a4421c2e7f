using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>One turn at one outbox: reads what the network has, and writes what it shall have.</summary>
internal sealed class OutboxStep(RecordNetwork network, ChunkStore chunks, OutboxState state, OfflineMessage message, Deadline deadline, CancellationToken cancellation)
{
    /// <summary>How often an outbox is written when another device of ours writes it at the same time.</summary>
    private const int RaceTriesMax = 3;

    private InfoHash OutboxKey => DnaKeys.Outbox(message.Sender, message.Recipient);

    public static async Task<Answer<DeliveryAcknowledgement>> AcknowledgementAsync(
        RecordNetwork network, string sender, string recipient, Deadline deadline, CancellationToken cancellation)
    {
        RecordsFound found = await network.GetAllAsync(DnaKeys.Acknowledgement(recipient, sender), deadline, cancellation).ConfigureAwait(false);
        DeliveryAcknowledgement? newest = null;
        foreach (VerifiedValue value in found.Values)
        {
            if (AcknowledgementCodec.Read(value.Data.Span, network.Suites, recipient, sender, out DeliveryAcknowledgement? read) == RecordStatus.Ok
                && read!.IsSigned && (newest is null || read.Time > newest.Time))
                newest = read;
        }

        return newest is null ? Answer<DeliveryAcknowledgement>.No(found.Missing) : Answer<DeliveryAcknowledgement>.Of(newest);
    }

    public async Task<PutReport> QueueAsync()
    {
        (ResultCode code, ushort? seq) = await ReadOutboxAsync().ConfigureAwait(false);
        if (code is not (ResultCode.Success or ResultCode.NotFound)) return PutReport.No(code);
        state.BeginDay(DnaKeys.DayOf(message.Timestamp));
        if (state.Outbox.Exists(IsThis)) return await WriteOutboxAsync(state.Outbox, seq).ConfigureAwait(false);
        RemoveExpired();
        if (!HasRoom() && await RemoveAcknowledgedAsync().ConfigureAwait(false) is { } unknown) return unknown;
        // What overflowed once today goes on in buckets: order within one second is kept that way.
        bool isOverflowing = state.Parts.Exists(part => part.Count > 0);
        return HasRoom() && !isOverflowing
            ? await WriteOutboxAsync([.. state.Outbox, message], seq).ConfigureAwait(false)
            : await AppendToDayAsync().ConfigureAwait(false);
    }

    public async Task<PutReport> PruneAsync()
    {
        (ResultCode code, ushort? seq) = await ReadOutboxAsync().ConfigureAwait(false);
        if (code is not (ResultCode.Success or ResultCode.NotFound)) return PutReport.No(code);
        int before = state.Outbox.Count;
        RemoveExpired();
        if (await RemoveAcknowledgedAsync().ConfigureAwait(false) is { } unknown) return unknown;
        return state.Outbox.Count == before ? new PutReport(ResultCode.Success, 0) : await WriteOutboxAsync([.. state.Outbox], seq).ConfigureAwait(false);
    }

    /// <summary>Merges what the network has of ours into the local truth.</summary>
    /// <returns>Success, NotFound, or why it is not known; and the version that lies there.</returns>
    private async Task<(ResultCode Code, ushort? Seq)> ReadOutboxAsync()
    {
        RecordsFound found = await network.GetAllAsync(OutboxKey, deadline, cancellation).ConfigureAwait(false);
        ushort? seq = null;
        foreach (VerifiedValue value in found.Values.Where(value => value.IsSigned && value.OwnerId == network.Dht.OwnerId))
        {
            if (OutboxCodec.Read(value.Data.Span, out List<OfflineMessage> messages) == RecordStatus.Ok)
                OutboxState.Merge(state.Outbox, messages.Where(IsOfThisOutbox));
            seq = Math.Max(seq ?? 0, value.Seq);
        }

        // Not complete and nothing of ours: it may be among what did not come.
        return (found.Code == ResultCode.Success && seq is null ? found.Missing : found.Code, seq);
    }

    private async Task<PutReport> WriteOutboxAsync(List<OfflineMessage> messages, ushort? seq)
    {
        for (int attempt = 1; ; attempt++)
        {
            RecordPut put = await network.PutOwnAsync(OutboxKey, TypeRegistry.SevenDays, OutboxCodec.Write(messages), deadline, cancellation).ConfigureAwait(false);
            if (!put.IsSuccess) return put.Report;
            if (!ReferenceEquals(messages, state.Outbox))
            {
                state.Outbox.Clear();
                state.Outbox.AddRange(messages);
            }

            bool isNext = seq is null || put.Seq <= seq + 1;
            if (isNext || attempt == RaceTriesMax) return put.Report;
            // Another device wrote in between: what is there now and what we know become one.
            int known = state.Outbox.Count;
            (ResultCode code, seq) = await ReadOutboxAsync().ConfigureAwait(false);
            if (code != ResultCode.Success || state.Outbox.Count == known) return put.Report;
            messages = [.. state.Outbox];
        }
    }

    private async Task<PutReport> AppendToDayAsync()
    {
        if (await ReadDayAsync().ConfigureAwait(false) is { } unknown) return unknown;
        List<OfflineMessage> all = [.. state.Parts.SelectMany(part => part)];
        int at = state.Parts.FindIndex(part => part.Exists(IsThis));
        if (at < 0)
        {
            if (all.Count >= OutboxLimits.DayMax) return PutReport.No(ResultCode.OutOfMemory);
            OfflineMessage numbered = message with { Seq = all.Count == 0 ? 1 : all.Max(other => other.Seq ?? 0) + 1 };
            if (state.Parts.Count == 0 || state.Parts[^1].Count >= OutboxLimits.PartMax) state.Parts.Add([]);
            at = state.Parts.Count - 1;
            state.Parts[at].Add(numbered);
        }

        PutReport report = await chunks.WriteAsync(
            OutboxLimits.PartBase(message.Sender, message.Recipient, state.Day, at), TypeRegistry.SevenDays, OutboxCodec.Write(state.Parts[at]), deadline, cancellation).ConfigureAwait(false);
        // It may be there in part; whoever repeats the call finds out. Until then it is not queued.
        if (!report.IsSuccess) state.Parts[at].RemoveAll(IsThis);
        return report;
    }

    /// <summary>Reads the parts of today, the first time.</summary>
    /// <returns>Null when they are known.</returns>
    private async Task<PutReport?> ReadDayAsync()
    {
        if (state.IsDayRead) return null;
        state.Parts.Clear();
        for (int part = 0; part < OutboxLimits.PartsMax; part++)
        {
            Answer<ReadOnlyMemory<byte>> found = await chunks.ReadOwnAsync(
                OutboxLimits.PartBase(message.Sender, message.Recipient, state.Day, part), OutboxLimits.PartBytesMax, deadline, cancellation).ConfigureAwait(false);
            if (found.Code == ResultCode.NotFound) break;
            // A part of ours that is broken is written anew; one that cannot be read is not.
            if (!found.IsSuccess && found.Code != ResultCode.SerializationFailed) return PutReport.No(found.Code);
            OutboxCodec.Read(found.Value.Span, out List<OfflineMessage> messages);
            state.Parts.Add([.. messages.Where(IsOfThisOutbox)]);
        }

        state.IsDayRead = true;
        return null;
    }

    private void RemoveExpired() => state.Outbox.RemoveAll(old => old.Expiry <= message.Timestamp);

    /// <returns>Null when the acknowledgement, or that there is none, is known.</returns>
    private async Task<PutReport?> RemoveAcknowledgedAsync()
    {
        Answer<DeliveryAcknowledgement> acknowledgement = await AcknowledgementAsync(network, message.Sender, message.Recipient, deadline, cancellation).ConfigureAwait(false);
        if (acknowledgement.Value is { } known)
        {
            HashSet<MessageDigest> delivered = [.. known.Delivered];
            state.Outbox.RemoveAll(old => delivered.Contains(old.Digest));
            return null;
        }

        return acknowledgement.Code == ResultCode.NotFound ? null : PutReport.No(acknowledgement.Code);
    }

    private bool HasRoom() => OutboxCodec.SizeOf([.. state.Outbox, message]) <= RecordLimits.ValueDataBytesMax;

    // A value of ours is signed whatever key it lies under: somebody else can carry it to another.
    private bool IsOfThisOutbox(OfflineMessage other) => other.Sender == message.Sender && other.Recipient == message.Recipient;

    private bool IsThis(OfflineMessage other) => other.Digest == message.Digest;
}
