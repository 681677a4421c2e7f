using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Puts messages that the network may not have again, for as long as a session runs. Any thread.</summary>
/// <remarks>A put that ended in between can leave a part of a day that readers cannot join: it is whole again when it was put again.</remarks>
internal sealed class UnsentMessages(OfflineQueue queue, IUserKeys keys, CallGate gate, TimeProvider time)
{
    /// <summary>Before it is tried again: at first, and at most. Where no node answers for days it must cost nothing.</summary>
    public static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(5), PauseMax = TimeSpan.FromMinutes(5);

    /// <summary>How long the messages to one recipient may take to be put.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    /// <summary>Waits until a call leaves something, and puts it; until the gate closes.</summary>
    /// <param name="cut">Ends a put that is under way.</param>
    public async Task RunAsync(CancellationToken cut)
    {
        try
        {
            while (true)
            {
                await queue.WhenUnsentAsync(gate.Closing).ConfigureAwait(false);
                bool isSent = false;
                for (TimeSpan pause = PauseMin; !isSent; pause = 2 * pause < PauseMax ? 2 * pause : PauseMax)
                {
                    await Task.Delay(pause, time, gate.Closing).ConfigureAwait(false);
                    isSent = gate.TryEnter() && await SendInsideAsync(cut).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped: the next start goes on.
        }
    }

    /// <summary>Puts all of it once, inside the gate, and leaves that.</summary>
    /// <returns>False when something was not put.</returns>
    public async Task<bool> SendInsideAsync(CancellationToken cut)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(gate.Ended, cut);
            return (await queue.ResumeAsync(keys, Bound, either.Token).ConfigureAwait(false)).IsSuccess;
        }
        catch (OperationCanceledException)
        {
            // Stopped: the next start goes on.
            return false;
        }
        finally
        {
            gate.Leave();
        }
    }
}
