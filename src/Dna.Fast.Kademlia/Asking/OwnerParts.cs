using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>One family's half of the asking side. Owner thread only.</summary>
/// <param name="Family">Which.</param>
/// <param name="Contacts">The nodes known.</param>
/// <param name="Searches">The searches known.</param>
internal sealed record FamilyParts(IpFamily Family, ContactBook Contacts, SearchBook Searches)
{
    public RoutingTable Table => Contacts.Table;
}

/// <summary>What the operations of our own side are made of. Owner thread only.</summary>
internal sealed class OwnerParts
{
    public required NodeContext Context { get; init; }

    public required TurnState Turn { get; init; }

    public required TimerQueue Timers { get; init; }

    public required CounterSet Counters { get; init; }

    public required QuerySender Queries { get; init; }

    /// <summary>The families this node serves, IPv4 first.</summary>
    public required IReadOnlyList<FamilyParts> Families { get; init; }

    /// <summary>Tells changes under the keys our subscriptions watch. Set once, before the first operation.</summary>
    public Serving.ListenerTable Listeners { get; set; } = null!;

    public required SubscriptionSockets Sockets { get; init; }

    /// <summary>Permanent puts that run.</summary>
    public int PermanentPuts { get; set; }

    /// <summary>Subscriptions that run.</summary>
    public HashSet<ListenOperation> Subscriptions { get; } = [];

    /// <summary>False for a signed value whose signature does not verify: such a value is dropped before anybody sees it (section 8).</summary>
    public bool IsGenuine(in ValueView value)
    {
        if (!value.IsSigned || value.IsEncrypted) return true;
        byte[] body = new byte[ValueWriter.BytesMax(value)];
        int length = ValueWriter.WriteBody(body, value);
        if (length > 0 && Context.Verifier.Verify(value.Owner, body.AsSpan(0, length), value.Signature)) return true;
        Counters.Add(Counter.DropForgedValue);
        return false;
    }
}
