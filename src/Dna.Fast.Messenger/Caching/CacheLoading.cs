namespace Dna.Fast.Messenger;

/// <content>How a region asks the network.</content>
public sealed partial class CacheRegion<T>
{
    /// <summary>What is here, or what the network says.</summary>
    /// <param name="load">Searches the network within a deadline. It ends when its token is cancelled or its deadline came.</param>
    /// <param name="deadline">Of this reader.</param>
    /// <returns>What <paramref name="load"/> answers; Timeout; NotInitialized when the cache is closed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<Answer<T>> GetAsync(
        string key, Freshness freshness, Func<TimeSpan, CancellationToken, Task<Answer<T>>> load, TimeSpan deadline, CancellationToken cancellation = default)
    {
        if (freshness == Freshness.Cached && Find(key, load) is { } hit) return Task.FromResult(hit);
        _counters.Add(CacheCount.Misses);
        return LoadAsync(key, freshness, load, new Deadline(_time, deadline), cancellation);
    }

    private Answer<T>? Find(string key, Func<TimeSpan, CancellationToken, Task<Answer<T>>> load)
    {
        if (Volatile.Read(ref _isClosed) || !_entries.TryGet(key, out CacheEntry<T>? entry)) return null;
        TimeSpan age = entry.AgeAt(_time);
        if (age >= entry.Ttl) return null;
        if (entry.IsAbsent)
        {
            _counters.Add(CacheCount.AbsentHits);
            return Answer<T>.No(ResultCode.NotFound);
        }

        if (ValueOf(key, entry) is not { } value) return null;
        bool isDue = age >= _options.RevalidateAfter;
        _counters.Add(isDue ? CacheCount.StaleHits : CacheCount.Hits);
        if (isDue && age.Ticks >= Volatile.Read(ref entry.RetryAtTicks)) Refresh(key, entry, load);
        return Answer<T>.Of(value);
    }

    private void Refresh(string key, CacheEntry<T> entry, Func<TimeSpan, CancellationToken, Task<Answer<T>>> load)
    {
        CacheFlight<T> flight;
        lock (_gate)
        {
            if (_isClosed || _flights.ContainsKey(key)) return;
            if (_refreshes == RefreshesMax)
            {
                _counters.Add(CacheCount.RefreshesSkipped);
                return;
            }

            _refreshes++;
            _flights[key] = flight = new CacheFlight<T>(_closing) { IsBackground = true };
        }

        // Off the reader's thread: it has its answer already.
        _ = Task.Run(() => FlyAsync(key, flight, load, RefreshDeadline), CancellationToken.None).ContinueWith(
            _ =>
            {
                // What was found has taken the entry's place, unless it was older or nothing was found.
                Volatile.Write(ref entry.RetryAtTicks, (entry.AgeAt(_time) + RefreshPause).Ticks);
                lock (_gate) _refreshes--;
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task<Answer<T>> LoadAsync(
        string key, Freshness freshness, Func<TimeSpan, CancellationToken, Task<Answer<T>>> load, Deadline deadline, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            CacheFlight<T>? flight;
            bool isOurs;
            lock (_gate)
            {
                if (_isClosed) return Answer<T>.No(ResultCode.NotInitialized);
                // Whoever needs it fresh joins nobody who began before.
                isOurs = freshness == Freshness.Fresh || !_flights.TryGetValue(key, out flight);
                if (isOurs)
                {
                    Outdate(key);
                    _flights[key] = flight = new CacheFlight<T>(_closing);
                }
                else
                {
                    flight = _flights[key];
                }

                flight.Waiters++;
            }

            try
            {
                if (isOurs) _ = FlyAsync(key, flight, load, deadline.Left);
                else _counters.Add(CacheCount.Joined);
                Answer<T> answer = await WaitAsync(flight, isOurs, deadline, cancellation).ConfigureAwait(false);
                // Whose search it was may have had less time than we have.
                bool maySearchOn = !isOurs && answer.Code == ResultCode.Timeout && deadline.Left > TimeSpan.Zero;
                if (!maySearchOn) return freshness == Freshness.Cached ? OrOverdue(key, answer) : answer;
            }
            finally
            {
                Leave(key, flight);
            }
        }
    }

    private async Task<Answer<T>> WaitAsync(CacheFlight<T> flight, bool isOurs, Deadline deadline, CancellationToken cancellation)
    {
        // A search of ours ends by itself at its deadline, and then says what it found so far.
        if (isOurs) return await flight.Landed.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await flight.Landed.WaitAsync(deadline.LeftToWait, _time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!flight.Landed.IsFaulted)
        {
            return Answer<T>.No(ResultCode.Timeout);
        }
    }

    private void Leave(string key, CacheFlight<T> flight)
    {
        lock (_gate)
        {
            if (--flight.Waiters > 0 || flight.IsBackground || flight.Landed.IsCompleted) return;
            if (_flights.TryGetValue(key, out CacheFlight<T>? present) && ReferenceEquals(present, flight)) _flights.Remove(key);
            flight.IsOutdated = true;
        }

        flight.End();
    }

    /// <summary>Searches, keeps what was found, and tells all who wait.</summary>
    private async Task FlyAsync(string key, CacheFlight<T> flight, Func<TimeSpan, CancellationToken, Task<Answer<T>>> load, TimeSpan deadline)
    {
        _counters.Add(CacheCount.Loads);
        CancellationToken ending = flight.Ending;
        try
        {
            Answer<T> answer = await load(deadline, ending).ConfigureAwait(false);
            flight.Land(Keep(key, flight, answer));
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Nobody waits, or the cache is closed.
            flight.Land(Answer<T>.No(ResultCode.NotInitialized));
        }
        catch (Exception exception)
        {
            // An error of whoever wrote the search belongs to all who asked for it.
            flight.Fail(exception);
        }
        finally
        {
            lock (_gate)
            {
                if (_flights.TryGetValue(key, out CacheFlight<T>? present) && ReferenceEquals(present, flight)) _flights.Remove(key);
            }

            flight.Dispose();
        }
    }

    /// <summary>What a search found, kept unless something newer is known.</summary>
    private Answer<T> Keep(string key, CacheFlight<T> flight, Answer<T> answer)
    {
        if (answer.Code is not (ResultCode.Success or ResultCode.NotFound)) _counters.Add(CacheCount.LoadsFailed);
        CacheChangeKind? change = null;
        // Outside of the gate, as it may check signatures.
        T? known = answer.Value is not null && _options.IsNewer is not null && _entries.TryGet(key, out CacheEntry<T>? entry) && !IsOverdue(entry) ? ValueOf(key, entry) : null;
        if (known is not null && _options.IsNewer!(known, answer.Value!))
        {
            _counters.Add(CacheCount.OlderFound);
            return Answer<T>.Of(known);
        }

        lock (_gate)
        {
            if (flight.IsOutdated || _isClosed) return answer;
            if (answer.Value is { } value) change = Store(key, value, ttl: null);
            else if (answer.Code == ResultCode.NotFound)
            {
                bool wasThere = _entries.TryGet(key, out CacheEntry<T>? present) && !present.IsAbsent;
                if (wasThere && Remove(key, CacheCount.Invalidated)) change = CacheChangeKind.Invalidated;
                StoreAbsent(key);
            }
        }

        if (change is { } kind) Tell(key, kind);
        return answer;
    }

    /// <summary>Where the network could not be reached, what was here before, though its time is over.</summary>
    private Answer<T> OrOverdue(string key, Answer<T> answer)
    {
        if (!_options.ServesOverdue || answer.Code is not (ResultCode.NetworkError or ResultCode.Timeout)) return answer;
        if (!_entries.TryGet(key, out CacheEntry<T>? entry) || ValueOf(key, entry) is not { } value) return answer;
        _counters.Add(CacheCount.StaleHits);
        return Answer<T>.Of(value);
    }
}
