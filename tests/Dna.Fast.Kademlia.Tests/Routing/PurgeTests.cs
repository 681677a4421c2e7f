using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Routing;

/// <summary>Taking expired contacts out, and what becomes of the candidates that wait for their places.</summary>
public sealed class PurgeTests
{
    private readonly RoutingTable _table = new(InfoHash.Zero.WithBit(159, true), IpFamily.V4);

    [Fact]
    public void Purge_takes_expired_contacts_out_and_hands_over_candidates_of_their_buckets()
    {
        Contact[] far = _table.FillFarSide(8), own = _table.FillOwnSide(3);
        Contact candidate = Make.Good(Make.Id(0xF0));
        Insert(candidate);
        far[1].Expire();
        own[0].Expire();
        List<Contact> toPing = [];
        _table.PurgeExpired(Make.Start, toPing);
        Assert.Equal([candidate], toPing);
        Assert.Null(_table.Find(far[1].Id));
        Assert.Null(_table.Find(own[0].Id));
        Assert.Equal(9, _table.Count(Make.StartMs).Good);
        Assert.Equal(0, _table.Count(Make.StartMs).Cached);
        _table.CheckInvariant();
    }

    [Fact]
    public void Purge_leaves_candidates_of_buckets_without_expired_contacts()
    {
        _table.FillFarSide(8);
        _table.FillOwnSide(1)[0].Expire();
        Insert(Make.Good(Make.Id(0xF0)));
        List<Contact> toPing = [];
        _table.PurgeExpired(Make.Start, toPing);
        Assert.Empty(toPing);
        Assert.Equal(1, _table.Count(Make.StartMs).Cached);
    }

    [Fact]
    public void Purge_forgets_an_expired_candidate()
    {
        _table.FillFarSide(8);
        Insert(Make.Good(Make.Id(0x01)));
        Contact candidate = Make.Good(Make.Id(0xF0));
        Insert(candidate);
        candidate.Expire();
        List<Contact> toPing = [];
        _table.PurgeExpired(Make.Start, toPing);
        Assert.Empty(toPing);
        Assert.Equal(0, _table.Count(Make.StartMs).Cached);
    }

    private InsertResult Insert(Contact contact, Confirmation confirmation = Confirmation.Replied) => _table.Insert(contact, confirmation, Make.Start);
}
