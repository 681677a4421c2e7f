using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Net;

namespace Dna.Fast.Health;

/// <summary>Asks good contacts whether they are there when a family has been quiet, so that a network that is gone is noticed within a minute.</summary>
/// <remarks>
/// A busy node learns of dead contacts by its own requests. A quiet one asks a full bucket every ten minutes only, which keeps a table good and tells nobody that
/// a cable was pulled. At most <see cref="Contacts"/> pings each <see cref="Quiet"/> seconds and family: those who replied longest ago first.
/// </remarks>
internal sealed class PeerProbe(Node node, IClock clock)
{
    /// <summary>Pings of one round: more than a bucket of neighbours, so that one dead corner does not look like the whole network.</summary>
    public const int Contacts = 8;

    /// <summary>A request runs out after ten seconds: two rounds and their ends lie within half a minute.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(12);

    private long _asked4Ms = Contact.Never;
    private long _asked6Ms = Contact.Never;

    /// <summary>Asks, where it is time. One thread at a time.</summary>
    public void Turn()
    {
        long nowMs = clock.Now.Ms;
        Ask(node.Context.Table4, nowMs, ref _asked4Ms);
        Ask(node.Context.Table6, nowMs, ref _asked6Ms);
    }

    private void Ask(RoutingTable table, long nowMs, ref long askedMs)
    {
        if (nowMs - askedMs < Quiet.TotalMilliseconds) return;
        List<Contact> good = [.. table.Snapshot().SelectMany(bucket => bucket.Contacts).Where(contact => contact.IsGood(nowMs))];
        if (good.Count == 0 || nowMs - good.Max(contact => contact.RepliedMs) < Quiet.TotalMilliseconds) return;
        askedMs = nowMs;
        foreach (Contact contact in good.OrderBy(contact => contact.RepliedMs).Take(Contacts)) node.AddNode(contact.Id, contact.Address);
    }
}
