using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>Whose turn it is, with what, and until when.</summary>
internal readonly record struct OutboxCall(RecordNetwork Network, ChunkStore Chunks, string Sender, string Recipient, OutboxPlace Place, Deadline Deadline, CancellationToken Cancellation);

/// <summary>One turn at one outbox: reads what the network has, and writes what it shall have.</summary>
internal sealed class OutboxStep(OutboxCall call, OutboxTurn turn)
{
    /// <summary>How often an outbox is read and written again when another device of ours was first: each time somebody's write went through.</summary>
    private const int RaceTriesMax = 8;

    private readonly OutboxState _state = turn.State;
    private readonly DayStep _day = new(call, turn);
    private readonly HashSet<MessageDigest> _inNetwork = [];

    public static async Task<Answer<DeliveryAcknowledgement>> AcknowledgementAsync(
        RecordNetwork network, OutboxPlace place, string sender, string recipient, Deadline deadline, CancellationToken cancellation)
    {
        RecordsFound found = await network.GetAllAsync(place.Acknowledgement, deadline, cancellation).ConfigureAwait(false);
        ulong newest = 0;
        var delivered = new HashSet<MessageDigest>();
        bool isThere = false;
        foreach (VerifiedValue value in found.Values)
        {
            if (AcknowledgementCodec.Read(value.Data.Span, network.Suites, recipient, sender, out DeliveryAcknowledgement? read) != RecordStatus.Ok || !read!.IsSigned) continue;
            isThere = true;
            newest = Math.Max(newest, read.Time);
            // What arrived once has arrived, whichever acknowledgement is the newest.
            delivered.UnionWith(read.Delivered);
        }

        return isThere ? Answer<DeliveryAcknowledgement>.Of(new DeliveryAcknowledgement(newest, [.. delivered], IsSigned: true)) : Answer<DeliveryAcknowledgement>.No(found.Missing);
    }

    public async Task<PutReport> QueueAsync(OfflineMessage message)
    {
        if (await _day.BeginAsync(DnaKeys.DayOf(message.Timestamp)).ConfigureAwait(false) is { } stuck) return stuck;
        bool isKept = _state.Outbox.Exists(IsThis);
        for (int attempt = 1; ; attempt++)
        {
            ResultCode code = await ReadOutboxAsync().ConfigureAwait(false);
            if (code is not (ResultCode.Success or ResultCode.NotFound)) return Give(PutReport.No(code));
            // Another device may have filled the outbox meanwhile.
            if (!_state.Outbox.Exists(IsThis) || !HasRoom(null))
            {
                _state.Outbox.RemoveAll(IsThis);
                RemoveExpired(message.Timestamp);
                if (!HasRoom(message) && await RemoveAcknowledgedAsync().ConfigureAwait(false) is { } unknown) return Give(unknown);
                // What overflowed once today goes on in buckets: order within one second is kept that way.
                if (!HasRoom(message) || _state.Parts.Exists(part => part.Messages.Count > 0))
                {
                    PutReport appended = await _day.AppendAsync(message).ConfigureAwait(false);
                    return appended.IsSuccess || appended.IsPending ? appended : Give(appended);
                }

                _state.Outbox.Add(message);
            }

            RecordPut put = await WriteOutboxAsync().ConfigureAwait(false);
            if (put.IsSuccess) return put.Report;
            // Nodes may have it all the same, also where others said that another device was first.
            isKept |= put.Report.Code is ResultCode.NetworkError or ResultCode.Timeout;
            if (!put.IsOutdated || attempt == RaceTriesMax) return Give(put.Report);
        }

        bool IsThis(OfflineMessage other) => other.Digest == message.Digest;

        // What nobody has is not queued; what somebody may have, or was there before, stays, and is put again.
        PutReport Give(PutReport failed)
        {
            bool isThere = _state.Outbox.Exists(IsThis);
            if (isKept && !isThere)
            {
                _state.Outbox.Add(message);
                _state.IsPending = true;
                turn.SaveOutbox(isDurable: true);
            }
            else if (!isKept && isThere)
            {
                _state.Outbox.RemoveAll(IsThis);
                turn.SaveOutbox(isDurable: false);
            }

            return failed with { IsPending = isKept && _state.IsPending };
        }
    }

    /// <summary>Goes on at the place of this call; what was put at another one is put here too: its reader may look here only.</summary>
    /// <returns>Null when it is there.</returns>
    public async Task<PutReport?> MoveAsync(ulong now)
    {
        if (_state.Place == call.Place.Mark) return null;
        _state.MoveTo(call.Place.Mark);
        // The parts first: a run that ends in between moves again.
        for (int part = 0; part < _state.Parts.Count; part++) turn.SavePart(part, isDurable: true);
        turn.SaveOutbox(isDurable: true);
        return await ResumeAsync(now).ConfigureAwait(false) is { IsSuccess: false } stuck ? stuck : null;
    }

    /// <summary>Writes what a run that ended in between left.</summary>
    public async Task<PutReport> ResumeAsync(ulong now)
    {
        PutReport day = await _day.FlushAsync().ConfigureAwait(false);
        return _state.IsPending ? PutReport.Worst([day, await RewriteAsync(now, prunes: false).ConfigureAwait(false)]) : day;
    }

    /// <summary>Removes what expired or was acknowledged.</summary>
    public Task<PutReport> PruneAsync(ulong now) => RewriteAsync(now, prunes: true);

    /// <summary>Reads, changes and writes the outbox until no other device was first.</summary>
    private async Task<PutReport> RewriteAsync(ulong now, bool prunes)
    {
        for (int attempt = 1; ; attempt++)
        {
            ResultCode code = await ReadOutboxAsync().ConfigureAwait(false);
            if (code is not (ResultCode.Success or ResultCode.NotFound)) return PutReport.No(code);
            int before = _state.Outbox.Count;
            RemoveExpired(now);
            if (prunes && await RemoveAcknowledgedAsync().ConfigureAwait(false) is { } unknown) return unknown;
            if (_state.Outbox.Count == before && !_state.IsPending) return new PutReport(ResultCode.Success, 0);
            RecordPut put = await WriteOutboxAsync().ConfigureAwait(false);
            if (!put.IsOutdated || attempt == RaceTriesMax) return put.Report;
        }
    }

    /// <summary>Merges what the network has of ours into the local truth.</summary>
    /// <returns>Success, NotFound, or why it is not known.</returns>
    private async Task<ResultCode> ReadOutboxAsync()
    {
        RecordsFound found = await call.Network.GetAllAsync(call.Place.Outbox, call.Deadline, call.Cancellation).ConfigureAwait(false);
        bool isThere = false;
        _inNetwork.Clear();
        foreach (VerifiedValue value in found.Values.Where(value => value.IsSigned && value.OwnerId == call.Network.Dht.OwnerId))
        {
            List<OfflineMessage> messages = call.Place.Read(value.Data.Span);
            OutboxState.Merge(_state.Outbox, messages);
            _inNetwork.UnionWith(messages.Select(read => read.Digest));
            _state.Version = Math.Max(_state.Version, value.Seq);
            isThere = true;
        }

        // Not complete and nothing of ours: it may be among what did not come.
        return found.Code == ResultCode.Success && !isThere ? found.Missing : found.Code;
    }

    /// <summary>Puts the outbox in the place of the version that it includes; kept on the disk before that.</summary>
    private async Task<RecordPut> WriteOutboxAsync()
    {
        List<OfflineMessage> fitting = Fitting();
        _state.IsPending = true;
        turn.SaveOutbox(isDurable: true);
        RecordPut put = await call.Network.PutOwnAsync(
            call.Place.Outbox, TypeRegistry.SevenDays, call.Place.Write(fitting), call.Deadline, call.Cancellation, _state.Version).ConfigureAwait(false);
        if (!put.IsSuccess) return put;
        _state.Version = put.Seq;
        _state.IsPending = fitting.Count < _state.Outbox.Count;
        turn.SaveOutbox(isDurable: false);
        return put;
    }

    /// <summary>The outbox as far as a value holds it: what the network has first. The rest, which another device pushed out, waits for room.</summary>
    private List<OfflineMessage> Fitting()
    {
        if (HasRoom(null)) return [.. _state.Outbox];
        var fitting = new List<OfflineMessage>();
        foreach (OfflineMessage message in _state.Outbox.OrderByDescending(message => _inNetwork.Contains(message.Digest)))
        {
            if (OutboxCodec.SizeOf([.. fitting, message]) <= RecordLimits.ValueDataBytesMax) fitting.Add(message);
        }

        return [.. _state.Outbox.Where(fitting.Contains)];
    }

    private void RemoveExpired(ulong now) => _state.Outbox.RemoveAll(old => old.Expiry <= now);

    /// <returns>Null when the acknowledgement, or that there is none, is known.</returns>
    private async Task<PutReport?> RemoveAcknowledgedAsync()
    {
        Answer<DeliveryAcknowledgement> acknowledgement =
            await AcknowledgementAsync(call.Network, call.Place, call.Sender, call.Recipient, call.Deadline, call.Cancellation).ConfigureAwait(false);
        if (acknowledgement.Value is { } known)
        {
            HashSet<MessageDigest> delivered = [.. known.Delivered];
            _state.Outbox.RemoveAll(old => delivered.Contains(old.Digest));
            return null;
        }

        return acknowledgement.Code == ResultCode.NotFound ? null : PutReport.No(acknowledgement.Code);
    }

    /// <param name="more">A message that is to be added; null for what is there.</param>
    private bool HasRoom(OfflineMessage? more)
    {
        List<OfflineMessage> all = more is null ? _state.Outbox : [.. _state.Outbox, more];
        return OutboxCodec.SizeOf(all) <= RecordLimits.ValueDataBytesMax;
    }
}
