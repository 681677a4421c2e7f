using System.Text;

namespace Dna.Fast.Messenger.Tests.Registry;

public sealed class RegistryCodecTests
{
    private static readonly RegistryNode Node = new("192.0.2.1", 4000, "00ff", "0.1.0", 1000, 60);

    [Fact]
    public void A_registry_is_printed_plainly_and_read_again()
    {
        byte[] data = RegistryCodec.Write([Node]);
        Assert.Equal("""{"version":1,"node_count":1,"nodes":[{"ip":"192.0.2.1","port":4000,"node_id":"00ff","version":"0.1.0","last_seen":1000,"uptime":60}]}""", Encoding.UTF8.GetString(data));
        Assert.Equal(RecordStatus.Ok, RegistryCodec.Read(data, out List<RegistryNode> nodes));
        Assert.Equal([Node], nodes);
    }

    [Fact]
    public void Entries_that_lead_nowhere_are_left_out()
    {
        byte[] data = RegistryCodec.Write([Node with { Ip = "nowhere" }, Node with { Port = 0 }, Node]);
        Assert.Equal(RecordStatus.Ok, RegistryCodec.Read(data, out List<RegistryNode> nodes));
        Assert.Equal([Node], nodes);
        Assert.Equal(RecordStatus.TooLarge, RegistryCodec.Read(RegistryCodec.Write([.. Enumerable.Repeat(Node, 257)]), out _));
    }

    [Fact]
    public void Of_several_lists_the_entry_seen_last_counts_and_stale_or_future_ones_do_not()
    {
        List<RegistryNode> merged = RegistryCodec.Merge(
            [[Node, Node with { Port = 4001, LastSeen = 1100 }], [Node with { LastSeen = 1200 }, Node with { Port = 4002, LastSeen = 300 }], [Node with { Port = 4003, LastSeen = ulong.MaxValue }]], 1200);
        Assert.Equal([(ushort)4000, (ushort)4001], merged.Select(node => node.Port));
        Assert.Equal(1200UL, merged[0].LastSeen);
    }

    [Fact]
    public void A_full_list_of_fresh_addresses_does_not_bury_the_others()
    {
        RegistryNode[] flood = [.. Enumerable.Range(0, RegistryCodec.NodesMax).Select(i => Node with { Port = (ushort)(5000 + i), LastSeen = 1300 })];
        List<RegistryNode> merged = RegistryCodec.Merge([flood, [Node]], 1100);
        Assert.Equal(1, merged.IndexOf(Node));
        Assert.Equal(RegistryCodec.NodesMax, merged.Count);
    }

    [Fact]
    public void Mutated_registries_never_throw() => Mutations.Feed(RegistryCodec.Write([Node, Node with { Port = 9 }]), data => RegistryCodec.Read(data, out _));
}
