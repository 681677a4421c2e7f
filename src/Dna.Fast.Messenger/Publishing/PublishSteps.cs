using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <content>How one item, and the kept records, are published.</content>
public sealed partial class PublishQueue
{
    private readonly SemaphoreSlim _keptWaits = new(0, 1);

    private async Task RunAsync(PublishEntry entry, Task before, TaskCompletionSource turn)
    {
        try
        {
            if (entry.Item.IsKept) _kept.Save();
            await before.WaitAsync(entry.Token).ConfigureAwait(false);
            while (true)
            {
                PutReport report = await TryAsync(entry).ConfigureAwait(false);
                entry.LastReport = report;
                if (report.IsSuccess)
                {
                    End(entry, PublishStatus.Published, report);
                    return;
                }

                if (!IsWorthAnotherTry(report.Code) || entry.Tries > _options.RetryPauses.Count)
                {
                    End(entry, PublishStatus.Failed, report);
                    return;
                }

                TimeSpan pause = WithChance(_options.RetryPauses[entry.Tries - 1]);
                Interlocked.Increment(ref _retries);
                Tell(entry, PublishStage.Retrying, new PublishResult(PublishStatus.Failed, report, entry.Tries), pause);
                await Task.Delay(pause, _time, entry.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The ticket, the queue, or the network below.
            End(entry, PublishStatus.Cancelled, entry.LastReport);
        }
        catch (Exception)
        {
            // Whoever waits for the result is told, whatever a service's code did.
            End(entry, PublishStatus.Failed, PutReport.No(ResultCode.GeneralError));
            throw;
        }
        finally
        {
            EndTurn(entry.Item.Name, turn);
            if (entry.Item.IsKept) HandOver(entry);
            entry.Dispose();
        }
    }

    private async Task<PutReport> TryAsync(PublishEntry entry)
    {
        if (_options.Readiness is { } readiness) await readiness.WhenReadyAsync(entry.Token).ConfigureAwait(false);
        await _pacer.EnterAsync(entry.Token).ConfigureAwait(false);
        bool isReached = false;
        try
        {
            entry.BeginTry();
            Tell(entry, PublishStage.Trying);
            PutReport report = await SendAsync(entry).ConfigureAwait(false);
            isReached = report.Code is not (ResultCode.NetworkError or ResultCode.Timeout);
            return report;
        }
        finally
        {
            _pacer.Leave(isReached);
        }
    }

    private async Task<PutReport> SendAsync(PublishEntry entry)
    {
        PublishItem item = entry.Item;
        TimeSpan within = DeadlineOf(item);
        if (item.Publish is { } publish) return await publish(within, entry.Token).ConfigureAwait(false);
        Deadline deadline = _network.Within(within);
        RecordPut put = item.IsShared
            ? await _network.PutSharedAsync(item.Key, item.Type, item.Data, deadline, entry.Token).ConfigureAwait(false)
            : await _network.PutOwnAsync(item.Key, item.Type, item.Data, deadline, entry.Token).ConfigureAwait(false);
        if (put.IsSuccess && item.IsKept && IsCurrent(item) is { } record)
        {
            _kept.Published(record, put.ValueId, put.Seq);
            _kept.Save();
        }

        return put.Report;
    }

    private KeptRecord? IsCurrent(PublishItem item) => _kept.Find(item.Name) is { } record && record.Data.AsSpan().SequenceEqual(item.Data.Span) ? record : null;

    /// <summary>What an item did not publish the keeper goes on with.</summary>
    private void HandOver(PublishEntry entry)
    {
        if (entry.Result is not { IsCompletedSuccessfully: true, Result.Status: PublishStatus.Failed } || IsCurrent(entry.Item) is null) return;
        if (!IsWorthAnotherTry(entry.LastReport.Code)) return;
        _kept.Wait(entry.Item.Name);
        WakeKeeper();
    }

    private void WakeKeeper()
    {
        lock (_lock)
        {
            if (_keptWaits.CurrentCount == 0) _keptWaits.Release();
        }
    }

    /// <summary>Publishes kept records until the queue is closed: round after round while some are not published, with longer and longer pauses.</summary>
    private async Task KeepAsync()
    {
        CancellationToken closing = _closing.Token;
        try
        {
            if (_kept.Waiting().Length > 0) await Task.Delay(_options.RestoreWithin * _options.Chance(), _time, closing).ConfigureAwait(false);
            TimeSpan least = _options.RetryPauses.Count > 0 ? _options.RetryPauses[^1] : TimeSpan.FromSeconds(1);
            TimeSpan pause = least;
            while (true)
            {
                KeptRecord[] waiting = _kept.Waiting();
                foreach (KeptRecord record in waiting) await KeepAsync(record, closing).ConfigureAwait(false);
                if (waiting.Length > 0) _kept.Save();
                if (_kept.Waiting().Length == 0)
                {
                    pause = least;
                    await _keptWaits.WaitAsync(closing).ConfigureAwait(false);
                    continue;
                }

                await Task.Delay(WithChance(pause), _time, closing).ConfigureAwait(false);
                pause = pause * 2 < _options.KeptPauseMax ? pause * 2 : _options.KeptPauseMax;
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // What is not published lies in the file.
        }
    }

    private async Task KeepAsync(KeptRecord record, CancellationToken closing)
    {
        Task before;
        TaskCompletionSource turn;
        lock (_lock) (before, turn) = TakeTurn(record.Name);
        try
        {
            await before.WaitAsync(closing).ConfigureAwait(false);
            if (_kept.Find(record.Name) != record) return;
            if (_options.Readiness is { } readiness) await readiness.WhenReadyAsync(closing).ConfigureAwait(false);
            await _pacer.EnterAsync(closing).ConfigureAwait(false);
            bool isReached = false;
            try
            {
                isReached = await RestoreAsync(record, closing).ConfigureAwait(false);
            }
            finally
            {
                _pacer.Leave(isReached);
            }
        }
        finally
        {
            EndTurn(record.Name, turn);
        }
    }

    /// <summary>Puts a kept record again, unless another device of ours wrote a newer one, or deleted it.</summary>
    /// <returns>False when the network could not be reached.</returns>
    private async Task<bool> RestoreAsync(KeptRecord record, CancellationToken closing)
    {
        Deadline deadline = _network.Within(DeadlineOf(record.Data.Length));
        int? newest = null;
        if (record.Id != 0)
        {
            SecureGetAnswer present = await _network.Dht.GetAllAsync(record.Key, default, deadline.Left, closing).ConfigureAwait(false);
            if (present.Status is GetAnswerStatus.Unreachable or GetAnswerStatus.TimedOut) return false;
            if (present.Values.Concat(present.Deleted).Any(IsNewerOne))
            {
                Interlocked.Increment(ref _superseded);
                _kept.Remove(record.Name);
                return true;
            }

            newest = present.Values.Concat(present.Deleted).Where(IsOurs).Select(value => (int)value.Seq).Append(record.Seq).Max();
        }

        ulong id = record.Id != 0 ? record.Id : record.IsShared ? _network.OwnerValueId : RecordNetwork.UsualValueId;
        // Between looking and putting another device may write: then it is looked at again.
        RecordPut put = await _network.PutAsync(record.Key, id, record.Type, record.Data, deadline, closing, newest).ConfigureAwait(false);
        if (put.IsOutdated) return true;
        if (put.IsSuccess) _kept.Published(record, put.ValueId, put.Seq);
        return put.Report.Code is not (ResultCode.NetworkError or ResultCode.Timeout);

        // The same bytes of a later version are ours: the power went before the list was written.
        bool IsNewerOne(VerifiedValue value) => IsOurs(value) && value.Seq > record.Seq && !value.Data.Span.SequenceEqual(record.Data);

        bool IsOurs(VerifiedValue value) => value.IsSigned && value.OwnerId == _network.Dht.OwnerId && value.Id == record.Id;
    }

    private static bool IsWorthAnotherTry(ResultCode code) => code is ResultCode.NetworkError or ResultCode.Timeout or ResultCode.GeneralError;

    /// <summary>A quarter more or less, so that many clients do not come back together.</summary>
    private TimeSpan WithChance(TimeSpan pause) => pause * (0.75 + 0.5 * _options.Chance());
}
