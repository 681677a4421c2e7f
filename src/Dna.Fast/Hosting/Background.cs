using Dna.Fast.Logging;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Hosting;

/// <summary>Work beside the packets: a failure of ours in it is logged at once, and what repeats goes on.</summary>
internal static class Background
{
    /// <summary>Waits for all tasks; each failure is logged when it happens, whatever the others do.</summary>
    /// <param name="end">Its cancellation is no failure.</param>
    public static Task WhenAllAsync(IEnumerable<Task> tasks, ILogger log, CancellationToken end) => Task.WhenAll(tasks.Select(task => GuardAsync(task, log, end)));

    /// <summary>Acts at each tick until cancelled.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task EveryAsync(PeriodicTimer timer, Action act, ILogger log, CancellationToken cancellation)
    {
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false)) Act(act, log);
    }

    /// <summary>Acts once.</summary>
    public static void Act(Action act, ILogger log)
    {
        try
        {
            act();
        }
        catch (Exception failure)
        {
            log.BackgroundFailed(failure);
        }
    }

    private static async Task GuardAsync(Task task, ILogger log, CancellationToken end)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The node ends.
        }
        catch (Exception failure)
        {
            log.BackgroundFailed(failure);
        }
    }
}
