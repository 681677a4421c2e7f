using Dna.Fast.Kademlia;
using Dna.Fast.Simulation.Tests.World;
using Dna.Fast.Wire;

namespace Dna.Fast.Simulation.Tests;

/// <summary>Hours in milliseconds: what lives how long (wire specification, sections 5.1 and 6.5).</summary>
public sealed class LifetimeTests
{
    private const long Minute = 60_000;

    [Fact]
    public void Type_0_is_gone_600_s_after_its_creation_and_listeners_are_told() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(40);
        InfoHash key = network.NewId();
        SimListen listen = network.AnyNode().Listen(key);
        network.Run(5_000);
        long putMs = network.ElapsedMs;
        network.PutAndWait(network.AnyNode(), key, SimValue.Pack(1, "mortal"));
        network.Run(putMs + 598_000 - network.ElapsedMs);
        Assert.Single(network.GetAndWait(network.AnyNode(), key).Values);
        Assert.Equal(0, listen.CountOf(ValueChange.Gone, 1));

        network.Run(putMs + 602_000 - network.ElapsedMs);
        Assert.Empty(network.Holders(key, 1));
        Assert.Empty(network.GetAndWait(network.AnyNode(), key).Values);
        network.RunUntil(() => listen.CountOf(ValueChange.Gone, 1) > 0, 10 * Minute, "The listener is told of the expiry");
        Assert.Equal(1, listen.CountOf(ValueChange.Stored, 1));
        Assert.Equal(1, listen.CountOf(ValueChange.Gone, 1));
    });

    [Fact]
    public void A_permanent_value_of_type_0_is_announced_again_before_590_s_are_over_and_lives_for_hours() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(40);
        InfoHash key = network.NewId();
        SimNode putter = network.AnyNode();
        SimPut put = putter.Put(network, key, SimValue.Pack(1, "immortal"), permanent: true);
        network.RunUntil(() => put.Outcome is not null, SimOperations.OperationMsMax, "The first round ends");
        SimListen listen = network.Nodes.First(node => node != putter).Listen(key);
        for (int hour = 0; hour < 3; hour++)
        {
            network.Run(60 * Minute);
            Assert.InRange(network.Holders(key, 1).Count(node => node != putter), 7, 12);
        }

        Assert.Equal(1, listen.CountOf(ValueChange.Stored, 1));
        Assert.Equal(0, listen.CountOf(ValueChange.Gone, 1));

        put.Operation.Cancel();
        network.Run(21 * Minute);
        Assert.Empty(network.Holders(key, 1));
    });

    [Fact]
    public void A_refresh_pushes_re_to_listeners() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(20);
        InfoHash key = network.NewId();
        // The nearest node is the one that is listened to, and a putter sends itself no refresh.
        network.Nearest(key, 2)[1].Put(network, key, SimValue.Pack(1, "immortal"), permanent: true);
        network.Run(10_000);
        SimPeer listener = Subscribe(network, key, socketId: 4711);
        network.Run(10 * Minute);
        Assert.Contains(listener.Received, got => MessageReader.Read(got.Bytes, out Message message) == DecodeStatus.Ok && message.RefreshedCount > 0);
    });

    [Fact]
    public void A_holder_that_lost_the_value_gets_it_again_at_the_next_round() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(40);
        InfoHash key = network.NewId();
        SimNode putter = network.AnyNode();
        network.PutAndWait(putter, key, SimValue.Pack(1, "immortal"), permanent: true);
        SimNode forgetful = network.Holders(key, 1).First(node => node != putter);
        forgetful.Stop();
        network.Run(2_000);
        forgetful.Start(forgetful.Id, forgets: true);
        Assert.Empty(forgetful.Stored(key));
        network.Run(12 * Minute);
        Assert.Contains(1UL, forgetful.Stored(key));
    });

    [Fact]
    public void Pain_18_a_permanent_value_survives_the_death_of_its_holders() => Scenario.Run(SimOptions.Bad, network =>
    {
        network.Grow(80);
        InfoHash key = network.NewId();
        SimNode putter = network.Nodes[5];
        network.PutAndWait(putter, key, SimValue.Pack(1, "immortal"), permanent: true);
        for (int round = 0; round < 3; round++)
        {
            foreach (SimNode node in network.Nearest(key, 4).Where(node => node != putter && node != network.Nodes[0])) node.Stop();
            network.Run(21 * Minute);
            Assert.True(network.Holders(key, 1).Count(node => node != putter) >= 6, $"round {round}: {network.Holders(key, 1).Count} holders");
        }
    });

    [Fact]
    public void A_node_keeps_a_listener_for_10_minutes_after_its_last_listen_and_not_much_longer() => Scenario.Run(SimOptions.Good, network =>
    {
        SimNode node = network.AddNode();
        InfoHash key = network.NewId();
        SimPeer early = Subscribe(network, key, socketId: 5);
        network.Run(10 * Minute - 5_000);
        Assert.Equal(1, node.Node.Status.Listeners);

        // The renewal starts the ten minutes again.
        SendListen(network, early, key, socketId: 5);
        network.Run(10 * Minute - 5_000);
        node.Put(network, key, SimValue.Pack(1, "in time"));
        network.Run(1_000);
        Assert.True(early.CountOf(MessageKind.Update, network.ElapsedMs - 1_000) > 0, "no push within ten minutes");

        // Purges come every 2 to 6 minutes (section 6.3).
        network.Run(7 * Minute);
        Assert.Equal(0, node.Node.Status.Listeners);
        node.Put(network, key, SimValue.Pack(2, "too late"));
        long since = network.ElapsedMs;
        network.Run(10_000);
        Assert.Equal(0, early.CountOf(MessageKind.Update, since));
    });

    /// <summary>A scripted listener at the node nearest to the key: it answers updates, pings and finds, and listens once.</summary>
    internal static SimPeer Subscribe(SimNetwork network, InfoHash key, uint socketId)
    {
        SimPeer peer = network.AddPeer();
        peer.Script = (in Message message, SimDatagram got) =>
        {
            uint t = message.Transaction;
            if (message.Kind is MessageKind.Update or MessageKind.Ping) peer.Send(got.From, to => ReplyWriter.Pong(to, peer.Self, t, got.From));
        };
        SendListen(network, peer, key, socketId);
        return peer;
    }

    internal static void SendListen(SimNetwork network, SimPeer peer, InfoHash key, uint socketId)
    {
        NodeAddress node = network.Nearest(key, 1)[0].Address;
        byte[]? token = null;
        SimScript? before = peer.Script;
        peer.Script = (in Message message, SimDatagram got) =>
        {
            if (message.Kind == MessageKind.Reply && !message.Token.IsEmpty) token = message.Token.ToArray();
            before?.Invoke(message, got);
        };
        peer.Send(node, to => QueryWriter.Find(to, peer.Self, 1, key, Want.Unsaid));
        network.RunUntil(() => token is not null, 5_000, "A token");
        peer.Send(node, to => QueryWriter.Listen(to, peer.Self, 3, key, token, socketId, default));
        network.Run(1_000);
    }
}
