using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

/// <summary>Who may store, and what a node in soft mode serves.</summary>
public sealed class PermissionTests
{
    private static readonly Signer Owner = new();
    private static readonly Signer Other = new();
    private static readonly NodeAddress Away = NodeAddress.V4(0xC6336401, 4001);
    private readonly ServingBench _bench = new();

    [Fact]
    public void Values_of_other_networks_are_acknowledged_and_not_stored()
    {
        Assert.True(AddressPrefix.TryParse("192.0.2.0/24", out AddressPrefix ours));
        _bench.Context.Gate.Storing = new StorePermission(new BlockedRanges([ours]), []);
        ServingBench.AssertAcknowledged(1, _bench.Put(ServingBench.Text(1, "ours")));
        ServingBench.AssertAcknowledged(2, _bench.Put(ServingBench.Text(2, "theirs"), from: Away));
        Assert.Equal(["ours"], _bench.Texts());
        Assert.Equal(1, _bench.Counters[Counter.PutRefusedNotAllowed]);
    }

    [Fact]
    public void Values_of_a_listed_key_are_stored_whoever_sends_them_and_only_when_their_signature_is_right()
    {
        _bench.Context.Gate.Storing = new StorePermission(BlockedRanges.None, [InfoHash.Of(Owner.Spki)]);
        _bench.Put(Owner.Sign(1, 0, "listed"), from: Away);
        _bench.Put(Other.Sign(2, 0, "not listed"), from: Away);
        _bench.Put(ServingBench.Text(3, "unsigned"));
        Assert.Equal(["listed"], _bench.Texts());
        Assert.Equal(2, _bench.Counters[Counter.PutRefusedNotAllowed]);

        // A type whose signature nobody else looks at: the name of a listed key on it proves nothing.
        ValueReader.Read(Other.Sign(4, 0, "forged"), out ValueView forged, out _);
        forged.Type = 77;
        forged.Owner = Owner.Spki;
        _bench.Put(ServingBench.Pack(forged));
        Assert.Equal(["listed"], _bench.Texts());
        Assert.Equal(1, _bench.Counters[Counter.PutRefusedSignature]);
    }

    [Fact]
    public void A_listed_key_may_leave_its_certificate_under_its_own_id_and_nowhere_else()
    {
        InfoHash id = InfoHash.OfKey("some key id");
        var permission = new StorePermission(BlockedRanges.None, [id]);
        var certificate = new ValueView { Id = 1, Type = TypeRegistry.Certificate, Data = "any"u8 };
        Assert.Equal(StoreRight.Verified, permission.RightOf(id, Away, certificate));
        Assert.Equal(StoreRight.None, permission.RightOf(InfoHash.OfKey("another"), Away, certificate));
    }

    [Fact]
    public void Everybody_may_store_where_nothing_is_said()
    {
        Assert.Equal(StoreRight.Full, StorePermission.Everybody.RightOf(ServingBench.Key, Away, new ValueView { Id = 1 }));
        Assert.Equal(StoreRight.Full, new StorePermission(BlockedRanges.None, []).RightOf(ServingBench.Key, Away, new ValueView { Id = 1 }));
    }

    [Fact]
    public void A_soft_node_answers_in_one_datagram_and_takes_no_fragments_and_no_listeners()
    {
        _bench.Put(ServingBench.Text(1, new string('x', 5_000)), key: InfoHash.OfKey("large"));
        _bench.Put(ServingBench.Text(2, "small"));
        _bench.Context.Gate.IsSoft = true;
        Message reply = ServingBench.Read(Assert.Single(_bench.Get(key: InfoHash.OfKey("large"))));
        Assert.False(reply.HasValues);
        Assert.Equal(WireLimits.TokenBytes, reply.Token.Length);
        Assert.Equal(1, _bench.Counters[Counter.GetsSoft]);
        Assert.Equal(["small"], _bench.Texts());
        Assert.Single(_bench.Ping());
        ServingBench.AssertAcknowledged(3, _bench.Put(ServingBench.Text(3, "more")));

        foreach (byte[] datagram in _bench.BigPut(9, ServingBench.Text(4, new string('y', 3_000)))) Assert.Empty(_bench.Send(datagram));
        Assert.Empty(_bench.Send(to => QueryWriter.Listen(to, ServingBench.Stranger, 5, ServingBench.Key, _bench.Token(), 1, [])));
        Assert.DoesNotContain(_bench.Inbox.Told, told => told.StartsWith("listen", StringComparison.Ordinal));
        Assert.Equal(2, _bench.Counters[Counter.DropSoft]);

        _bench.Context.Gate.IsSoft = false;
        Assert.True(_bench.Get(key: InfoHash.OfKey("large")).Count > 1);
    }
}
