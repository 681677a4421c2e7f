using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>One socket of one node that listens to one key. Owner thread only.</summary>
internal sealed class Listener
{
    public required InfoHash Node { get; init; }

    public required uint SocketId { get; init; }

    /// <summary>Where it last listened from, and our end.</summary>
    public required Route Route { get; set; }

    /// <summary>0 wants the legacy pushes (section 7.1).</summary>
    public required uint Version { get; set; }

    /// <summary>Raw query map; empty: everything.</summary>
    public required byte[] Query { get; set; }

    /// <summary>Its last listen, in milliseconds of <see cref="Instant.Ms"/>.</summary>
    public required long ListenedMs { get; set; }

    /// <summary>It has not been pushed anything yet: it gets all that matches.</summary>
    public bool IsNew { get; set; } = true;
}
