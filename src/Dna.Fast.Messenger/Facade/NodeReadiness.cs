using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Whether a node is ready to be asked: enough good nodes, or a table that grows no more (pain row 19: one peer is not a network yet).</summary>
/// <remarks>Any thread. It looks at the node's figures at short intervals only while somebody waits.</remarks>
/// <param name="status">The node's figures: <see cref="Node.Status"/>.</param>
public sealed class NodeReadiness(Func<NodeStatus> status, TimeProvider time) : IReadiness
{
    /// <summary>Good nodes that make ready at once: as many as a value is put on.</summary>
    public const int GoodEnough = 8;

    /// <summary>With fewer good nodes: how long their number must have stayed the same. A small network is complete by then.</summary>
    public static readonly TimeSpan StableAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two looks.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    // Under the lock.
    private int _good;
    private long _since = time.GetTimestamp();

    /// <inheritdoc/>
    public bool IsReady
    {
        get
        {
            NodeStatus now = status();
            int good = now.V4.Good + now.V6.Good;
            lock (_lock)
            {
                if (good != _good)
                {
                    _good = good;
                    _since = time.GetTimestamp();
                }

                return good >= GoodEnough || (good > 0 && time.GetElapsedTime(_since) >= StableAfter);
            }
        }
    }

    /// <inheritdoc/>
    public async Task WhenReadyAsync(CancellationToken cancellation = default)
    {
        while (!IsReady) await Task.Delay(LookEvery, time, cancellation).ConfigureAwait(false);
    }
}
