using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>The part of a turn that concerns daily buckets (DNA layer, section 11.3).</summary>
/// <remarks>Where state is kept, each device writes its own messages only: under the owner's value id, or under its own where another device is found there.</remarks>
internal sealed class DayStep(OutboxCall call, OutboxTurn turn)
{
    private readonly OutboxState _state = turn.State;

    /// <summary>Goes on to a day; what a crash left of an earlier one is put into that day's buckets first.</summary>
    /// <returns>Null, or why that is not done.</returns>
    public async Task<PutReport?> BeginAsync(ulong day)
    {
        if (_state.Day == day) return null;
        if (await FlushAsync().ConfigureAwait(false) is { IsSuccess: false } stuck) return stuck;
        _state.BeginDay(day);
        // The last number must be kept before the parts that had it are forgotten.
        turn.SaveOutbox(isDurable: true);
        return null;
    }

    /// <summary>Puts what the network may not have.</summary>
    public async Task<PutReport> FlushAsync()
    {
        var reports = new List<PutReport> { new(ResultCode.Success, 0) };
        for (int part = 0; part < _state.Parts.Count; part++)
        {
            if (_state.Parts[part].IsPending && _state.Parts[part].Messages.Exists(message => message.Expiry > call.Network.Now))
                reports.Add(await WriteAsync(part).ConfigureAwait(false));
        }

        return PutReport.Worst(reports);
    }

    /// <summary>Appends a message to the day, once.</summary>
    public async Task<PutReport> AppendAsync(OfflineMessage message)
    {
        if (await ReadAsync().ConfigureAwait(false) is { } unknown) return unknown;
        int at = _state.Parts.FindIndex(part => part.Messages.Exists(IsThis));
        if (at >= 0) return await WriteAsync(at).ConfigureAwait(false);
        if (_state.Parts.Sum(part => part.Messages.Count) >= OutboxLimits.DayMax) return PutReport.No(ResultCode.OutOfMemory);
        if (_state.Parts.Count == 0 || _state.Parts[^1].Messages.Count >= OutboxLimits.PartMax)
        {
            if (_state.Parts.Count == OutboxLimits.PartsMax) return PutReport.No(ResultCode.OutOfMemory);
            _state.Parts.Add(new DayPart());
        }

        at = _state.Parts.Count - 1;
        _state.Parts[at].Messages.Add(message with { Seq = ++_state.LastSeq });
        PutReport report = await WriteAsync(at).ConfigureAwait(false);
        if (report.IsSuccess || report.IsPending) return report;
        _state.Parts[at].Messages.RemoveAll(IsThis);
        turn.SavePart(at, isDurable: false);
        return report;

        bool IsThis(OfflineMessage other) => other.Digest == message.Digest;
    }

    private async Task<PutReport> WriteAsync(int at)
    {
        DayPart part = _state.Parts[at];
        part.IsPending = true;
        turn.SavePart(at, isDurable: true);
        (PutReport report, bool isOutdated) = await PutAsync(at).ConfigureAwait(false);
        if (isOutdated)
        {
            // Another device of ours was first under the owner's id.
            part.Slot = turn.DeviceSlot;
            (report, _) = await PutAsync(at).ConfigureAwait(false);
        }

        // It may be there, or in part: it is put again until that is known.
        if (!report.IsSuccess) return report with { IsPending = report.Code is ResultCode.NetworkError or ResultCode.Timeout };
        part.IsPending = false;
        part.IsWritten = true;
        turn.SavePart(at, isDurable: false);
        return report;
    }

    private Task<(PutReport Report, bool IsOutdated)> PutAsync(int at)
    {
        DayPart part = _state.Parts[at];
        bool mayMeetOthers = turn.DeviceSlot != 0 && part is { Slot: 0, IsWritten: false };
        var slot = new ChunkSlot(part.Slot == 0 ? call.Network.OwnerValueId : part.Slot, mayMeetOthers ? -1 : null);
        string baseKey = call.Place.PartBase(_state.Day, at);
        return call.Chunks.WriteAsync(baseKey, TypeRegistry.SevenDays, call.Place.Write(part.Messages), slot, call.Deadline, call.Cancellation);
    }

    /// <summary>Reads what the network has of ours of that day, where nothing here tells it: the first time of a client without state, and where a part's file was lost.</summary>
    /// <returns>Null when it is known.</returns>
    private async Task<PutReport?> ReadAsync()
    {
        if (turn.DeviceSlot == 0 ? _state.IsDayRead : _state.IsSeqKnown) return null;
        if (turn.DeviceSlot == 0) _state.Parts.Clear();
        for (int at = 0; at < OutboxLimits.PartsMax; at++)
        {
            // All of ours: each of our devices has its own.
            ChunksFound found = await call.Chunks.ReadAsync(
                call.Place.PartBase(_state.Day, at), OutboxLimits.PartBytesMax, call.Network.Dht.OwnerId, call.Deadline, call.Cancellation).ConfigureAwait(false);
            if (found.Code == ResultCode.NotFound) break;
            // A part of ours that is broken is written anew; one that cannot be read is not.
            if (!found.IsComplete) return PutReport.No(found.IsSuccess ? ResultCode.Timeout : found.Code);
            List<OfflineMessage> messages = [.. found.Values.SelectMany(value => call.Place.Read(value.Data.Span)).DistinctBy(message => message.Digest)];
            _state.LastSeq = Math.Max(_state.LastSeq, messages.Select(message => message.Seq ?? 0).DefaultIfEmpty().Max());
            if (turn.DeviceSlot == 0) _state.Parts.Add(new DayPart { Messages = messages });
            else if (at < _state.Parts.Count && _state.Parts[at].IsLost) OutboxState.Merge(_state.Parts[at].Messages, messages);
        }

        // Written only now: what was found of one is known when all are.
        for (int at = 0; at < _state.Parts.Count; at++)
        {
            if (!_state.Parts[at].IsLost) continue;
            _state.Parts[at].IsLost = false;
            turn.SavePart(at, isDurable: true);
        }

        _state.IsDayRead = true;
        _state.IsSeqKnown = true;
        return null;
    }
}
