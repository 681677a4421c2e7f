using Dna.Fast.Kademlia;
using Dna.Fast.Net.Tests.Kit;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

// Datagrams that leave one after the other for one peer: a system may pass them on together, and nobody may notice.
public abstract partial class WorkerConformance
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(100, 100, 100, 40)]
    [InlineData(100, 40, 100, 100, 101, 101, 7, 7)]
    [InlineData(1344, 1344, 1344, 1344, 512)]
    [InlineData(1452, 1452, 1453, 1453, 1452)]
    [InlineData(9000, 9000, 9000)]
    public void Datagrams_to_one_peer_keep_their_bytes_borders_and_order(params int[] sizes)
    {
        foreach (NodeAddress address in new[] { Loopback4, Loopback6, NodeAddress.V4(0, 0), NodeAddress.From(new byte[16], 0) })
        {
            var handler = new TestHandler
            {
                OnReceive = (_, from, _, sink) =>
                {
                    for (int i = 0; i < sizes.Length; i++) TestHandler.Echo(from, Pattern(sizes[i], i), sink);
                },
            };
            using WorkerGroup group = Start(handler, address);
            NodeAddress to = (address.IsV4 ? Loopback4 : Loopback6).WithPort(group.Bound[0].Port);
            using var client = new TestClient(to.ToEndPoint().Address);
            client.Send(to, [1]);
            for (int i = 0; i < sizes.Length; i++) Assert.Equal(Pattern(sizes[i], i), client.Receive().Datagram);
            Wait.Until(() => group.Counters[0][Counter.DatagramsOut] == sizes.Length, "all are counted");
            Assert.Equal(sizes.Sum(), group.Counters[0][Counter.BytesOut]);
        }
    }

    [Fact]
    public void A_batch_of_largest_fragments_to_one_peer_arrives_whole()
    {
        // More bytes than one datagram of IPv4 can have.
        const int Count = 100, Bytes = 1400;
        var handler = new TestHandler
        {
            OnReceive = (_, from, _, sink) =>
            {
                for (int i = 0; i < Count; i++) TestHandler.Echo(from, Pattern(Bytes, i), sink);
            },
        };
        using WorkerGroup group = Start(handler);
        using var client = new TestClient();
        client.Send(group.Bound[0], [1]);
        for (int i = 0; i < Count; i++) Assert.Equal(Pattern(Bytes, i), client.Receive().Datagram);
    }

    [Fact]
    public void Peers_whose_datagrams_mix_each_get_their_own()
    {
        using var first = new TestClient();
        using var second = new TestClient();
        NodeAddress one = first.Address, two = second.Address;
        var handler = new TestHandler
        {
            OnReceive = (_, from, _, sink) =>
            {
                byte[] order = [1, 1, 2, 2, 2, 1, 2, 1, 1, 1];
                for (byte i = 0; i < order.Length; i++) TestHandler.Echo(new Route(order[i] == 1 ? one : two, from.Local), [order[i], i], sink);
            },
        };
        using WorkerGroup group = Start(handler);
        first.Send(group.Bound[0], [1]);
        foreach (byte i in new byte[] { 0, 1, 5, 7, 8, 9 }) Assert.Equal([1, i], first.Receive().Datagram);
        foreach (byte i in new byte[] { 2, 3, 4, 6 }) Assert.Equal([2, i], second.Receive().Datagram);
    }

    [Fact]
    public void Refused_datagrams_to_one_peer_are_counted_one_by_one_and_the_others_leave()
    {
        NodeAddress broadcast = NodeAddress.V4(0xFFFF_FFFF, 9);
        const int Refused = 5, Rounds = 100;
        var handler = new TestHandler
        {
            OnReceive = (_, from, datagram, sink) =>
            {
                for (int i = 0; i < Refused; i++) TestHandler.Echo(new Route(broadcast, from.Local), datagram, sink);
                for (int i = 0; i < 3; i++) TestHandler.Echo(from, datagram, sink);
            },
        };
        using WorkerGroup group = Start(handler);
        using var client = new TestClient();
        for (int round = 0; round < Rounds; round++)
        {
            client.Send(group.Bound[0], [(byte)round]);
            for (int i = 0; i < 3; i++) Assert.Equal([(byte)round], client.Receive().Datagram);
        }

        Wait.Until(() => group.Counters[0][Counter.DropSendRefused] == Refused * Rounds, "refusals are counted");
        Wait.Until(() => group.Counters[0][Counter.DatagramsOut] == 3 * Rounds, "the others are sent");
    }
}
