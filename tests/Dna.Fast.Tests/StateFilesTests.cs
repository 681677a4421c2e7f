using Dna.Fast.Hosting;
using Dna.Fast.Wire;

namespace Dna.Fast.Tests;

public sealed class StateFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dna-tests-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_is_replaced_whole_and_leaves_nothing_beside_it()
    {
        string path = Path.Combine(_directory, "file");
        AtomicFile.Write(path, new byte[100]);
        AtomicFile.Write(path, [1, 2]);
        Assert.Equal([1, 2], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(_directory));
    }

    [Fact]
    public void A_half_written_file_of_a_killed_process_does_not_matter()
    {
        string path = Path.Combine(_directory, "file");
        AtomicFile.Write(path, [1]);
        File.WriteAllBytes(path + ".new", [9, 9, 9]);
        AtomicFile.Write(path, [2]);
        Assert.Equal([2], File.ReadAllBytes(path));
    }

    [Fact]
    public void Good_nodes_come_back_in_their_order()
    {
        string path = Path.Combine(_directory, "nodes");
        (InfoHash, NodeAddress)[] nodes = [(InfoHash.OfKey("a"), Address("192.0.2.1:5")), (InfoHash.OfKey("b"), Address("[2001:db8::1]:6"))];
        GoodNodesFile.Write(path, nodes);
        Assert.Equal(nodes, GoodNodesFile.Read(path, out int unread));
        Assert.Equal(0, unread);
    }

    [Fact]
    public void A_node_that_lost_its_network_keeps_what_it_knew()
    {
        string path = Path.Combine(_directory, "nodes");
        GoodNodesFile.Write(path, [(InfoHash.OfKey("a"), Address("192.0.2.1:5"))]);
        GoodNodesFile.Write(path, []);
        Assert.Single(GoodNodesFile.Read(path, out _));
    }

    [Fact]
    public void Unreadable_lines_are_left_out_and_counted()
    {
        string path = Path.Combine(_directory, "nodes");
        string good = $"{InfoHash.OfKey("a")} 192.0.2.1:5";
        File.WriteAllText(path, $"{good}\nnonsense\n{new string('0', 40)} 192.0.2.1:5\n{InfoHash.OfKey("b")} 192.0.2.1:0\n{InfoHash.OfKey("c")}\n{good[..50]}");
        Assert.Equal((InfoHash.OfKey("a"), Address("192.0.2.1:5")), GoodNodesFile.Read(path, out int unread)[0]);
        Assert.InRange(unread, 4, 5);
    }

    [Fact]
    public void A_huge_file_is_read_to_a_bound()
    {
        string path = Path.Combine(_directory, "nodes");
        File.WriteAllLines(path, Enumerable.Range(1, 5_000).Select(i => $"{InfoHash.OfKey($"{i}x")} 192.0.2.1:{i}"));
        Assert.Equal(GoodNodesFile.NodesMax, GoodNodesFile.Read(path, out _).Count);
    }

    [Fact]
    public void No_file_is_no_nodes()
    {
        Assert.Empty(GoodNodesFile.Read(Path.Combine(_directory, "none"), out int unread));
        Assert.Equal(0, unread);
    }

    [Fact]
    public void A_directory_is_made_for_its_owner_alone()
    {
        DataDirectory made = DataDirectory.Open(Path.Combine(_directory, "a", "b"));
        Assert.False(made.IsOpenToOthers);
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(made.FullPath, (UnixFileMode)0b111_101_101);
        Assert.True(DataDirectory.Open(made.FullPath).IsOpenToOthers);
    }

    [Fact]
    public void Pain_31_the_counters_names_are_those_of_the_status()
    {
        Assert.Equal("drop_rate_source", StatusReport.SnakeCase("DropRateSource"));
        Assert.Equal("datagrams_in", StatusReport.SnakeCase("DatagramsIn"));
    }

    private static NodeAddress Address(string text)
    {
        Assert.True(NodeAddress.TryParse(text, 0, out NodeAddress address));
        return address;
    }
}
