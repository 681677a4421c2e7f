using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>What all threads of a run have in common.</summary>
/// <param name="Node">The node under load.</param>
/// <param name="Sizes">Values.</param>
/// <param name="TimeoutNs">A request without an answer for so long is lost.</param>
/// <param name="Spin">True: threads never sleep, so that the node never pays for waking them.</param>
/// <param name="Segments">True: batches may leave as one send that the kernel splits.</param>
internal sealed record EngineOptions(NodeAddress Node, ValueSizes Sizes, long TimeoutNs, bool Spin, bool Segments)
{
    /// <summary>Keys; known once the node's id is.</summary>
    public KeySpace Keys { get; set; } = new(0, InfoHash.Zero, 1);

    /// <summary>The node's id; zero until its first answer.</summary>
    public InfoHash NodeId { get; set; }

    /// <summary>True when the target is the bare echo, whose answers carry no contents.</summary>
    public bool IsEcho { get; set; }
}

/// <summary>Takes the pushes that arrive for listeners. Called by the thread of the source.</summary>
internal interface IPushSink
{
    void OnPush(Source source, scoped in Message push, long nowNs);
}
