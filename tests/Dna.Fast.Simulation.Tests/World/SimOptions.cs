namespace Dna.Fast.Simulation.Tests.World;

/// <summary>What the network does to datagrams. All chances are per mille.</summary>
internal sealed record SimOptions
{
    public int LatencyMsMin { get; init; } = 5;

    /// <summary>Each datagram draws its own latency, so a wide range reorders.</summary>
    public int LatencyMsMax { get; init; } = 80;

    public int Loss { get; init; }

    public int Duplication { get; init; }

    /// <summary>How many datagrams wait ten times longer than the rest: reordering far beyond the ordinary.</summary>
    public int Straggling { get; init; }

    /// <summary>5 % loss, duplicates and stragglers: a bad day.</summary>
    public static SimOptions Bad { get; } = new() { Loss = 50, Duplication = 20, Straggling = 20 };

    /// <summary>Nothing is lost.</summary>
    public static SimOptions Good { get; } = new();
}
