namespace Dna.Fast.Messenger;

/// <summary>Listens to today's parts of a source's bucket, and to tomorrow's tomorrow.</summary>
/// <param name="baseOf">The base key of a part of a day.</param>
/// <param name="partsMax">Parts of a day.</param>
internal sealed class DayListener(KeyListener listener, TimeProvider time, Func<ulong, int, string> baseOf, int partsMax, Action news)
{
    /// <summary>Between two looks which day it is: a machine that slept has other hours than its timers.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromMinutes(10);

    private ulong Today => DnaKeys.DayOf((ulong)Math.Max(0, time.GetUtcNow().ToUnixTimeSeconds()));

    /// <summary>Listens until it is cancelled; then it ends without an exception.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            ulong day = Today;
            using var today = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            // The clock is set before anybody can know that it is listened to.
            Task nextDay = NextDayAsync(day, cancellation);
            Task parts = ListenAsync(day, today.Token);
            await nextDay.ConfigureAwait(false);
            await today.CancelAsync().ConfigureAwait(false);
            await parts.ConfigureAwait(false);
            // What came last on the day before is read once more.
            news();
        }
    }

    private async Task NextDayAsync(ulong day, CancellationToken cancellation)
    {
        try
        {
            while (Today == day)
            {
                TimeSpan toMidnight = TimeSpan.FromDays(1) - time.GetUtcNow().TimeOfDay;
                await Task.Delay(toMidnight < LookPause ? toMidnight : LookPause, time, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
    }

    /// <summary>Listens to each part that is there, as another writer or another device of the same may still write into it, and to the one after them.</summary>
    private async Task ListenAsync(ulong day, CancellationToken cancellation)
    {
        var running = new List<Task>();
        try
        {
            for (int part = 0; part < partsMax; part++)
            {
                var isThere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                running.Add(listener.ListenAsync(DnaKeys.Chunk(baseOf(day, part), 0), () => Tell(isThere), cancellation));
                await isThere.Task.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The day is over, or nobody listens any more.
        }

        await Task.WhenAll(running).ConfigureAwait(false);

        void Tell(TaskCompletionSource isThere)
        {
            isThere.TrySetResult();
            news();
        }
    }
}
