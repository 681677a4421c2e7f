using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Simulation.Tests.World;
using Dna.Fast.Wire;

namespace Dna.Fast.Simulation.Tests;

/// <summary>Networks that break, heal and come late (wire specification, sections 6.3 and 6.9).</summary>
public sealed class NetworkTests
{
    private const long Minute = 60_000;

    [Fact]
    public void Two_halves_find_each_other_again_after_a_partition() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(60);
        network.Partition(address => (int)(address.Low & 1));
        network.Run(5 * Minute);
        network.Partition(null);
        network.Run(15 * Minute);
        for (ulong index = 1; index <= 10; index++)
        {
            InfoHash key = network.NewId();
            SimNode here = network.Nodes[2 * network.Dice.Below(30)], there = network.Nodes[2 * network.Dice.Below(30) + 1];
            network.PutAndWait(here, key, SimValue.Pack(index, "across"));
            Assert.Single(network.GetAndWait(there, key).Values);
        }
    });

    [Fact]
    public void Pain_19_thirty_nodes_that_start_at_once_place_every_value_right_within_a_minute() =>
        Scenario.Run(SimOptions.Good with { LatencyMsMin = 1, LatencyMsMax = 3 }, network =>
    {
        network.Grow(1, settleMs: 500);
        network.Grow(32, settleMs: 60_000);
        for (ulong index = 1; index <= 30; index++)
        {
            InfoHash key = network.NewId();
            SimNode putter = network.AnyNode();
            network.PutAndWait(putter, key, SimValue.Pack(index, "x"));
            HashSet<SimNode> nearest = network.Nearest(key, 8).Where(node => node != putter).ToHashSet();
            Assert.Superset(nearest, network.Holders(key, index).ToHashSet());
        }
    });

    [Fact]
    public void Pain_15_the_node_that_all_others_begin_with_stores_as_they_do() => Scenario.Run(SimOptions.Good, network =>
    {
        // Eight nodes: each is among the eight nearest to every key.
        network.Grow(8);
        for (ulong index = 1; index <= 10; index++)
        {
            InfoHash key = network.NewId();
            network.PutAndWait(network.Nodes[1 + (int)(index % 7)], key, SimValue.Pack(index, "x"));
            Assert.Equal(network.Nodes.ToHashSet(), network.Holders(key, index).ToHashSet());
        }
    });

    [Fact]
    public void A_stranger_who_asks_and_never_answers_does_not_keep_the_others_apart() =>
        Scenario.Run(SimOptions.Good with { LatencyMsMin = 1, LatencyMsMax = 3 }, network =>
    {
        SimPeer mute = network.AddPeer();
        network.Grow(33, settleMs: 0);
        bool isAsking = true;
        Ask();
        network.Run(90_000);
        isAsking = false;
        for (ulong index = 1; index <= 30; index++)
        {
            InfoHash key = network.NewId();
            SimNode putter = network.AnyNode();
            network.PutAndWait(putter, key, SimValue.Pack(index, "x"));
            HashSet<SimNode> nearest = network.Nearest(key, 8).Where(node => node != putter).ToHashSet();
            Assert.Superset(nearest, network.Holders(key, index).ToHashSet());
        }

        void Ask()
        {
            if (!isAsking) return;
            foreach (SimNode node in network.Nodes) mute.Send(node.Address, to => QueryWriter.Find(to, mute.Self, 1, mute.Id, Want.Unsaid));
            network.After(200, Ask);
        }
    });

    [Fact]
    public void A_network_that_comes_late_is_joined() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(10);
        foreach (SimNode node in network.Nodes) node.Stop();
        SimNode early = network.AddNode();
        network.Run(3 * Minute);
        Assert.NotEqual(Connectivity.Connected, early.Node.Status.V4.Connectivity);
        SimGet lost = network.GetAndWait(early, network.NewId());
        Assert.False(lost.Outcome!.Value.Reachable);

        foreach (SimNode node in network.Nodes.Where(node => node != early)) node.Start(node.Id);
        network.RunUntil(() => early.Node.Status.V4.Connectivity == Connectivity.Connected, 10 * Minute, "The early node joins");
        InfoHash key = network.NewId();
        network.PutAndWait(network.Nodes[3], key, SimValue.Pack(1, "late"));
        Assert.Single(network.GetAndWait(early, key).Values);
    });

    [Fact]
    public void A_node_that_comes_back_with_another_id_is_learnt_and_the_old_id_forgotten() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(6);
        SimNode changed = network.Nodes[3];
        InfoHash old = changed.Id;
        changed.Stop();
        network.Run(1_000);
        changed.Start(network.NewId());
        network.Run(10 * Minute);
        foreach (SimNode node in network.Nodes.Where(node => node != changed))
        {
            Assert.NotNull(node.Node.Context.Table4.Find(changed.Id));
            Contact? stale = node.Node.Context.Table4.Find(old);
            Assert.True(stale is null || !stale.IsGood(network.Now.Ms), $"{node} still trusts {old}");
        }
    });

    [Fact]
    public void Only_nodes_that_answered_are_handed_out() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(20);
        SimPeer mute = network.AddPeer();
        SimNode node = network.Nodes[4];
        mute.Send(node.Address, to => QueryWriter.Ping(to, mute.Self, 7));
        network.Run(30_000);
        SimPeer asker = network.AddPeer();
        List<InfoHash> listed = [];
        asker.Script = (in Message message, SimDatagram got) =>
        {
            NodeListEnumerator nodes = new(message.Nodes4, IpFamily.V4);
            while (nodes.MoveNext()) listed.Add(nodes.Id);
        };
        asker.Send(node.Address, to => QueryWriter.Find(to, asker.Self, 9, mute.Id, Want.Unsaid));
        network.Run(1_000);
        Assert.Equal(8, listed.Count);
        Assert.DoesNotContain(mute.Id, listed);
        Assert.Equal(listed.OrderBy(id => id ^ mute.Id), listed);
    });

    [Fact]
    public void Clients_are_answered_and_never_handed_out() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(20);
        SimNode client = network.AddNode(isClient: true);
        network.Run(2 * Minute);
        InfoHash key = network.NewId();
        Assert.Equal(8, network.PutAndWait(client, key, SimValue.Pack(1, "from a client")).Acknowledged);
        Assert.All(network.Nodes.Where(node => node != client), node => Assert.Null(node.Node.Context.Table4.Find(client.Id)));
    });

    [Fact]
    public void Quiet_nodes_stay_known_for_a_day() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(20);
        network.Run(24 * 60 * Minute);
        Assert.All(network.Nodes, node => Assert.Equal(Connectivity.Connected, node.Node.Status.V4.Connectivity));
        Assert.All(network.Nodes, node => Assert.InRange(node.Node.Status.V4.Good, 3, 19));
        InfoHash key = network.NewId();
        network.PutAndWait(network.AnyNode(), key, SimValue.Pack(1, "next day"));
        Assert.Single(network.GetAndWait(network.AnyNode(), key).Values);
    });

    [Fact]
    public void A_put_too_far_from_the_key_is_acknowledged_and_not_kept() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(60);
        InfoHash key = network.NewId();
        SimNode far = network.Nearest(key, 60)[^1];
        SimPeer peer = network.AddPeer();
        byte[]? token = null;
        bool stored = false;
        peer.Script = (in Message message, SimDatagram got) =>
        {
            if (!message.Token.IsEmpty) token = message.Token.ToArray();
            stored |= message.Kind == MessageKind.Reply && message.ValueId == 1;
        };
        peer.Send(far.Address, to => QueryWriter.Find(to, peer.Self, 1, key, Want.Unsaid));
        network.Run(1_000);
        byte[] values = [0x91, .. SimValue.Pack(1, "far")];
        peer.Send(far.Address, to => QueryWriter.Put(to, peer.Self, 3, key, values, -1, token));
        network.Run(1_000);
        Assert.True(stored, "no acknowledgement");
        Assert.Empty(far.Stored(key));
    });
}
