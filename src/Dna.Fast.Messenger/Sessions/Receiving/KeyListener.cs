using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>Listens to keys for as long as it is wanted: again whenever a listener ends or falls behind (DNA layer, section 15.4).</summary>
/// <param name="time">For pauses.</param>
internal sealed class KeyListener(ISecureDht dht, TimeProvider time)
{
    /// <summary>Keys listened to at a time (section 15.4); the news of others are found when everything is read.</summary>
    public const int KeysMax = 1024;

    /// <summary>Before a listener that ended is begun again: at first, and at most.</summary>
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(1), PauseMax = TimeSpan.FromMinutes(1);

    private int _keys;

    /// <summary>Listens until it is cancelled; then it ends without an exception.</summary>
    /// <param name="news">Called for each value that is there or comes, and when some may have been missed; on a thread of the pool, one at a time.</param>
    public async Task ListenAsync(InfoHash key, Action news, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _keys) > KeysMax)
        {
            Interlocked.Decrement(ref _keys);
            return;
        }

        try
        {
            for (TimeSpan pause = PauseMin; !cancellation.IsCancellationRequested; pause = 2 * pause < PauseMax ? 2 * pause : PauseMax)
            {
                if (await HearAsync(key, news, cancellation).ConfigureAwait(false)) pause = PauseMin;
                await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
                news();
            }
        }
        catch (OperationCanceledException)
        {
            // Not wanted any more.
        }
        finally
        {
            Interlocked.Decrement(ref _keys);
        }
    }

    /// <returns>True when anything was heard.</returns>
    private async Task<bool> HearAsync(InfoHash key, Action news, CancellationToken cancellation)
    {
        bool hasHeard = false;
        try
        {
            await foreach (SecureListenEvent change in dht.ListenAsync(key, default, cancellation).ConfigureAwait(false))
            {
                hasHeard = true;
                if (change.Value is not null) news();
            }
        }
        catch (ListenOverflowException)
        {
            // Some are lost: everything is read again.
        }

        return hasHeard;
    }
}
