using System.Net;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Says again and again where a user can be reached, for as long as it runs (DNA layer, section 10.3).</summary>
internal sealed class PresenceKeeper(PresenceService presences, IUserKeys keys, TimeProvider time)
{
    /// <summary>Between two times: a user counts as online for ten minutes, and one publishing may fail.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(4);

    /// <summary>After one that failed.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(30);

    /// <summary>Of one publishing.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    /// <summary>Publishes until it is cancelled; then it ends without an exception.</summary>
    public async Task RunAsync(IPEndPoint at, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                PutReport put = await presences.PublishAsync(keys, at.Address, (ushort)at.Port, Within, cancellation).ConfigureAwait(false);
                await Task.Delay(put.IsSuccess ? Period : RetryPause, time, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The session stopped.
        }
    }
}
