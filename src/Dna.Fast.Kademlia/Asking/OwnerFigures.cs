using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>What the owner thread publishes of itself after a turn in which it changed: any thread reads the last one.</summary>
internal sealed record OwnerFigures
{
    public int Searches { get; private init; }

    public int PendingRequests { get; private init; }

    public int Listeners { get; private init; }

    public int Subscriptions { get; private init; }

    public int PermanentPuts { get; private init; }

    public bool Bootstrapping4 { get; private init; }

    public bool Bootstrapping6 { get; private init; }

    public NodeAddress Reported { get; private init; }

    public static OwnerFigures Of(NodeOwner owner) => new()
    {
        Searches = owner.Parts.Families.Sum(f => f.Searches.Count),
        PendingRequests = owner.PendingRequests,
        Listeners = owner.Listeners.Count,
        Subscriptions = owner.Parts.Subscriptions.Count,
        PermanentPuts = owner.Parts.PermanentPuts,
        Bootstrapping4 = owner.Bootstrap.IsUnderWay(IpFamily.V4),
        Bootstrapping6 = owner.Bootstrap.IsUnderWay(IpFamily.V6),
        Reported = owner.Reported.Best,
    };
}
