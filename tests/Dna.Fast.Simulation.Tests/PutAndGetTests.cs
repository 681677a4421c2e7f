using Dna.Fast.Kademlia;
using Dna.Fast.Simulation.Tests.World;
using Dna.Fast.Wire;

namespace Dna.Fast.Simulation.Tests;

/// <summary>A network of 200 nodes keeps what it is given (wire specification, sections 2.4, 2.5 and 6.4).</summary>
public sealed class PutAndGetTests
{
    private const int NodeCount = 200;

    [Fact]
    public void Every_put_is_found_from_anywhere_though_one_datagram_in_twenty_is_lost() => Scenario.Run(SimOptions.Bad, network =>
    {
        network.Grow(NodeCount);
        List<(InfoHash Key, byte[] Packed)> puts = [];
        for (ulong index = 1; index <= 40; index++)
        {
            (InfoHash Key, byte[] Packed) put = (network.NewId(), SimValue.Pack(index, $"value {index}"));
            PutOutcome outcome = network.PutAndWait(network.AnyNode(), put.Key, put.Packed);
            Assert.True(outcome.Acknowledged >= 4, $"Put {index} was acknowledged by {outcome.Acknowledged} of {outcome.Asked} nodes.");
            puts.Add(put);
        }

        foreach ((InfoHash key, byte[] packed) in puts)
        {
            SimGet get = network.GetAndWait(network.AnyNode(), key);
            Assert.Equal(packed, Assert.Single(get.Values));
        }
    });

    [Fact]
    public void A_put_reaches_exactly_the_8_closest() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(NodeCount);
        for (ulong index = 1; index <= 20; index++)
        {
            InfoHash key = network.NewId();
            SimNode putter = network.AnyNode();
            PutOutcome outcome = network.PutAndWait(putter, key, SimValue.Pack(index, "x"));
            Assert.Equal(8, outcome.Acknowledged);

            // The putter keeps a copy of its own (section 6.5). When it is one of the 8 itself, it asks the ninth too, who acknowledges and finds the key too
            // far away (section 2.5, check 3), unless it has yet to hear of one of the 8.
            HashSet<SimNode> holders = network.Holders(key, index).Where(node => node != putter).ToHashSet();
            Assert.Superset(network.Nearest(key, 8).Where(node => node != putter).ToHashSet(), holders);
            Assert.Subset(network.Nearest(key, 9).Where(node => node != putter).Take(8).ToHashSet(), holders);
        }
    });

    [Fact]
    public void A_node_that_leaves_gives_its_value_to_the_nearest_who_lack_it_and_nothing_to_who_has_it() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(40);
        for (ulong index = 1; index <= 10; index++)
        {
            InfoHash key = network.NewId();
            byte[] packed = SimValue.Pack(index, "x");
            network.PutAndWait(network.AnyNode(), key, packed);
            SimNode leaving = network.Nearest(key, 1)[0];
            // The ninth finds the key too far away as long as we are there: it acknowledges and keeps nothing.
            IReadOnlyList<SimNode> others = network.Nearest(key, 8).Where(node => node != leaving).ToList();
            others[3].Store.Remove(key, index);
            others[5].Store.Remove(key, index);
            long[] puts = others.Select(node => node.Node.Count(Counter.PutsIn)).ToArray();
            HashSet<SimNode> before = network.Holders(key, index).ToHashSet();
            PutOutcome? outcome = null;
            leaving.Node.HandOver(key, packed, network.Now.UnixMs, ended => outcome = ended);
            network.RunUntil(() => outcome is not null, SimOperations.OperationMsMax, "A hand-over ends");
            Assert.True(outcome!.Value.Acknowledged >= others.Count);
            Assert.All(others, node => Assert.Contains(index, node.Stored(key)));
            for (int i = 0; i < others.Count; i++)
                Assert.Equal(before.Contains(others[i]) ? 0 : 1, others[i].Node.Count(Counter.PutsIn) - puts[i]);
        }
    });

    [Fact]
    public void Big_values_survive_reordering_duplicates_and_loss() => Scenario.Run(SimOptions.Bad with { LatencyMsMax = 300 }, network =>
    {
        // 16 fragments of which each is lost with 5 %: about every second put or reply arrives whole, so several tries and several holders count.
        network.Grow(40);
        for (ulong index = 1; index <= 8; index++)
        {
            InfoHash key = network.NewId();
            byte[] data = new byte[20_000];
            network.Dice.Fill(data);
            byte[] packed = SimValue.Pack(index, data);
            Assert.True(network.PutAndWait(network.AnyNode(), key, packed).Acknowledged > 0);
            Assert.Contains(network.GetAndWait(network.AnyNode(), key).Values, value => value.AsSpan().SequenceEqual(packed));
        }
    });

    [Fact]
    public void Many_values_under_one_key_are_all_found_once() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(30);
        InfoHash key = network.NewId();
        List<SimPut> puts = [];
        for (ulong index = 1; index <= 60; index++) puts.Add(network.AnyNode().Put(network, key, SimValue.Pack(index, $"value {index}")));
        network.RunUntil(() => puts.All(put => put.Outcome is not null), SimOperations.OperationMsMax, "60 puts end");
        SimGet get = network.GetAndWait(network.AnyNode(), key);
        Assert.Equal(
            Enumerable.Range(1, 60).Select(index => $"value {index}").Order(),
            get.Values.Select(value => SimValue.TextOf(value)).Order());
    });

    [Fact]
    public void A_get_of_nothing_says_that_nodes_answered() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(30);
        SimGet get = network.GetAndWait(network.AnyNode(), network.NewId());
        Assert.Empty(get.Values);
        Assert.True(get.Outcome!.Value.Reachable);
        Assert.True(get.Outcome.Value.Answered >= 8, $"{get.Outcome.Value.Answered} answered");
    });

    [Fact]
    public void A_search_has_at_most_4_requests_in_flight() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(60);
        SimNode asker = network.AddNode(isClient: true);
        network.Run(30_000);
        InfoHash key = network.NewId();
        int most = 0;
        HashSet<(NodeAddress, uint)> asked = [];
        long answered = asker.Node.Count(Counter.RequestsAnswered);
        network.Watch = (from, to, bytes) =>
        {
            if (from != asker.Address || MessageReader.Read(bytes.Span, out Message message) != DecodeStatus.Ok) return;
            if (message.Kind is not (MessageKind.Find or MessageKind.Get) || message.Target != key) return;
            asked.Add((to, message.Transaction));
            most = Math.Max(most, asked.Count - (int)(asker.Node.Count(Counter.RequestsAnswered) - answered));
        };
        SimGet get = network.GetAndWait(asker, key);
        Assert.NotNull(get.Outcome);
        Assert.InRange(most, 2, 4);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_another_device_signed_with_the_same_or_a_higher_seq_is_reported_and_neither_replaced_nor_refreshed(bool isPermanent) => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(40);
        InfoHash key = network.NewId();
        SimNode phone = network.AddNode(isClient: true), laptop = network.AddNode(isClient: true);
        network.Run(30_000);
        byte[] first = SimValue.PackSigned(7, "first", "owner", seq: 1);
        Assert.False(network.PutAndWait(phone, key, first).NewerExists);
        foreach (ushort seq in (ushort[])[1, 0])
        {
            PutOutcome late = network.PutAndWait(laptop, key, SimValue.PackSigned(7, "second", "owner", seq), isPermanent);
            Assert.Equal((0, 0, true, false, true), (late.Acknowledged, late.Asked, late.Reachable, late.WasRefused, late.NewerExists));
        }

        Assert.Equal("first", SimValue.TextOf(Assert.Single(network.GetAndWait(network.Nodes[0], key).Values)));

        // The same value is no other one, and a newer one is taken.
        SimNode tablet = network.AddNode(isClient: true);
        network.Run(30_000);
        PutOutcome same = network.PutAndWait(tablet, key, first, isPermanent), next = network.PutAndWait(tablet, key, SimValue.PackSigned(7, "third", "owner", seq: 2), isPermanent);
        Assert.Equal((8, false, 8, false), (same.Acknowledged, same.NewerExists, next.Acknowledged, next.NewerExists));
    });

    [Fact]
    public void The_end_of_an_older_versions_announcement_leaves_the_newer_version() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(20);
        InfoHash key = network.NewId();
        SimNode owner = network.Nodes[3];
        SimPut old = owner.Put(network, key, SimValue.PackSigned(7, "old", "owner", seq: 0), permanent: true);
        network.RunUntil(() => old.Outcome is not null, SimOperations.OperationMsMax, "The old version is put");
        SimPut young = owner.Put(network, key, SimValue.PackSigned(7, "young", "owner", seq: 1), permanent: true);
        network.RunUntil(() => young.Outcome is not null, SimOperations.OperationMsMax, "The new version is put");
        old.Operation.Cancel();
        network.Run(1_000);
        Assert.Contains(7UL, owner.Stored(key));
        young.Operation.Cancel();
        network.Run(1_000);
        Assert.DoesNotContain(7UL, owner.Stored(key));
    });

    [Fact]
    public void Signed_edits_win_by_sequence_number_everywhere() => Scenario.Run(SimOptions.Good, network =>
    {
        network.Grow(40);
        InfoHash key = network.NewId();

        // A putter serves its own copy whatever others think of it, so the writers are clients, which nobody asks.
        SimNode owner = network.AddNode(isClient: true), thief = network.AddNode(isClient: true);
        network.Run(30_000);
        network.PutAndWait(owner, key, SimValue.PackSigned(7, "first", "owner", seq: 0));
        network.PutAndWait(owner, key, SimValue.PackSigned(7, "second", "owner", seq: 1));
        network.PutAndWait(thief, key, SimValue.PackSigned(7, "stolen", "thief", seq: 9));
        network.PutAndWait(owner, key, SimValue.PackSigned(7, "late", "owner", seq: 0));
        for (int index = 0; index < 10; index++)
        {
            SimGet get = network.GetAndWait(network.Nodes[network.Dice.Below(40)], key);
            Assert.Equal("second", SimValue.TextOf(Assert.Single(get.Values)));
        }
    });
}
