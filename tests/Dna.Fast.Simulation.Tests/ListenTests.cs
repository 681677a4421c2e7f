using Dna.Fast.Kademlia;
using Dna.Fast.Simulation.Tests.World;
using Dna.Fast.Wire;

namespace Dna.Fast.Simulation.Tests;

/// <summary>Listening across a network (wire specification, section 7).</summary>
public sealed class ListenTests
{
    private const long Minute = 60_000;

    [Fact]
    public void A_listen_reaches_exactly_the_4_closest() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(100);
        for (int round = 0; round < 5; round++)
        {
            InfoHash key = network.NewId();
            SimNode listener = network.Nodes.First(node => !network.Nearest(key, 8).Contains(node));
            SimListen listen = listener.Listen(key);
            network.Run(90_000);
            HashSet<SimNode> holders = network.Nodes.Where(node => node.Node.Context.Listened.Contains(key)).ToHashSet();
            holders.Remove(listener);
            Assert.Equal(network.Nearest(key, 4).ToHashSet(), holders);
            listen.Operation.Cancel();
        }
    });

    [Fact]
    public void Every_listener_hears_of_every_put_once() => Scenario.Run(SimOptions.Bad, network =>
    {
        network.Grow(100);
        InfoHash key = network.NewId();
        List<SimListen> listeners = Enumerable.Range(0, 10).Select(index => network.Nodes[index * 7 + 3].Listen(key)).ToList();
        network.Run(20_000);
        for (ulong id = 1; id <= 5; id++) network.PutAndWait(network.AnyNode(), key, SimValue.Pack(id, $"news {id}"));
        network.Run(60_000);
        foreach (SimListen listen in listeners)
            for (ulong id = 1; id <= 5; id++) Assert.Equal(1, listen.CountOf(ValueChange.Stored, id));
    });

    [Fact]
    public void A_new_listener_gets_what_is_there() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(40);
        InfoHash key = network.NewId();
        for (ulong id = 1; id <= 5; id++) network.PutAndWait(network.AnyNode(), key, SimValue.Pack(id, $"news {id}"));
        SimListen listen = network.AnyNode().Listen(key);
        network.Run(10_000);
        Assert.Equal((ulong[])[1, 2, 3, 4, 5], listen.Events.Select(told => told.Id).Order());
    });

    [Fact]
    public void Listening_goes_on_after_the_storing_nodes_changed_their_secrets() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(40);
        InfoHash key = network.NewId();
        SimNode listener = network.Nodes.First(node => !network.Nearest(key, 8).Contains(node));
        SimListen listen = listener.Listen(key);
        network.Run(10_000);
        foreach (SimNode node in network.Nodes.Where(node => node != listener))
        {
            // Twice: the secret before the last is accepted no more.
            node.Node.Post(() => node.Node.Context.Tokens.Rotate(network.Now));
            node.Node.Post(() => node.Node.Context.Tokens.Rotate(network.Now));
        }

        // Longer than a listener is kept: without a good token it would be forgotten by now.
        network.Run(18 * Minute);
        Assert.True(network.Nodes.Sum(node => node.Node.Count(Counter.ErrorToken)) > 0, "nobody refused a token");
        network.PutAndWait(network.Nodes.First(node => node != listener), key, SimValue.Pack(1, "still here"));
        network.Run(10_000);
        Assert.Equal(1, listen.CountOf(ValueChange.Stored, 1));
    });

    [Fact]
    public void An_unanswered_update_is_sent_three_times_at_0_1_and_3_seconds() => Scenario.Run(SimOptions.Good with { LatencyMsMin = 1, LatencyMsMax = 1 }, network =>
    {
        SimNode node = network.AddNode();
        InfoHash key = network.NewId();
        SimPeer listener = LifetimeTests.Subscribe(network, key, socketId: 9);
        listener.Script = null;
        node.Put(network, key, SimValue.Pack(1, "unheard"));
        long since = network.ElapsedMs;
        network.Run(20_000);
        List<SimDatagram> updates = listener.Received
            .Where(got => got.Ms >= since && MessageReader.Read(got.Bytes, out Message message) == DecodeStatus.Ok && message.Kind == MessageKind.Update)
            .ToList();
        Assert.Equal(3, updates.Count);
        Assert.All(updates, update => Assert.Equal(updates[0].Bytes, update.Bytes));
        Assert.InRange(updates[1].Ms - updates[0].Ms, 1_000, 1_300);
        Assert.InRange(updates[2].Ms - updates[1].Ms, 2_000, 2_800);
    });

    [Fact]
    public void A_listener_is_repeated_every_20_s_with_the_same_socket_id_and_the_newest_token() => Scenario.Run(SimOptions.Good, network =>
    {
        // The only node of this network is scripted: its listen replies carry a new token each time, as stock does from 3.7.7 on.
        SimPeer stock = network.AddPeer();
        List<(long Ms, uint SocketId, byte[] Token)> listens = [];
        byte count = 0;
        stock.Script = (in Message message, SimDatagram got) =>
        {
            uint t = message.Transaction;
            byte[] token = [++count, 0, 0, 1];
            if (message.Kind == MessageKind.Ping) stock.Send(got.From, to => ReplyWriter.Pong(to, stock.Self, t, got.From));
            if (message.Kind is MessageKind.Find or MessageKind.Get)
                stock.Send(got.From, to => ReplyWriter.Found(to, stock.Self, t, got.From, default, default, token, default, default));
            if (message.Kind != MessageKind.Listen) return;
            listens.Add((got.Ms, message.SocketId, message.Token.ToArray()));
            byte[] fresh = [count, 0, 0, 2];
            stock.Send(got.From, to => ReplyWriter.Listening(to, stock.Self, t, got.From, fresh));
        };
        SimNode node = network.AddNode(bootstrap: [stock.Address]);
        network.Run(10_000);
        node.Listen(network.NewId());
        network.Run(2 * Minute);
        Assert.InRange(listens.Count, 5, 8);
        for (int index = 1; index < listens.Count; index++)
        {
            Assert.Equal(listens[0].SocketId, listens[index].SocketId);
            Assert.InRange(listens[index].Ms - listens[index - 1].Ms, 19_500, 22_000);
            Assert.Equal(2, listens[index].Token[3]);
        }
    });
}
