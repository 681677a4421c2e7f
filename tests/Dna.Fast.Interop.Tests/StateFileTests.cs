using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>The state file of stock nodes, read by us and by them (wire specification, section 9.3).</summary>
public sealed class StateFileTests
{
    [Fact]
    public async Task The_file_a_stock_node_wrote_gives_us_its_id_and_its_nodes()
    {
        using TestDirectory directory = new();
        string state = directory.File("state");
        await using DhtNodeProcess other = await DhtNodeProcess.StartAsync();
        DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { Bootstrap = other.Address.ToString(), StateFile = state });
        await using (stock)
        {
            await Bounded.UntilAsync(() => stock.KnowsAsGoodAsync(other.Id), TimeSpan.FromSeconds(60), "The stock nodes know each other");
            await stock.ExitAsync();
        }

        Assert.True(StateFile.TryRead(await File.ReadAllBytesAsync(state, TestContext.Current.CancellationToken), out StateFile file));
        Assert.Equal(stock.Id, file.Id);
        Assert.Equal([(other.Id, NodeAddress.From(other.Address))], file.Nodes.Where(node => node.Address.IsV4));

        // No bootstrap: all our node knows of the network is in the file.
        await using DnaProcess ours = await DnaProcess.StartAsync(new() { More = ["--state-file", state] });
        Assert.Equal(stock.Id, ours.Id);
        await Bounded.UntilAsync(() => other.KnowsAsGoodAsync(ours.Id), TimeSpan.FromSeconds(60), "We joined by the file");
    }

    [Fact]
    public async Task A_stock_node_reads_the_file_we_wrote()
    {
        using TestDirectory directory = new();
        string state = directory.File("state");
        await using DhtNodeProcess other = await DhtNodeProcess.StartAsync();
        DnaProcess ours = await DnaProcess.StartAsync(new() { Bootstrap = [other.Address.ToString()], More = ["--state-file", state] });
        await using (ours)
        {
            await Bounded.UntilAsync(
                async () => (await ours.StatusAsync()).GetProperty("ipv4").GetProperty("good").GetInt32() == 1, TimeSpan.FromSeconds(60), "We know the other");
            Assert.Equal(0, await ours.StopAsync());
        }

        Assert.True(File.Exists(state), "no state file");
        await using DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { StateFile = state });
        Assert.Equal(ours.Id, stock.Id);
        await Bounded.UntilAsync(() => stock.KnowsAsGoodAsync(other.Id), TimeSpan.FromSeconds(60), "The stock node joined by our file");
    }
}
