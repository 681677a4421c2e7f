using System.Text.Json;
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

    [Fact]
    public async Task Values_of_a_stock_node_go_into_our_store_and_back()
    {
        using TestDirectory directory = new();
        string state = directory.File("state"), data = directory.File("data"), back = directory.File("back");
        DhtNodeProcess stock = await DhtNodeProcess.StartAsync(new() { StateFile = state });
        await using (stock)
        {
            await DnaCommand.SucceedAsync("put", "moved", "from stock", "--id", "1f", "-b", stock.Address.ToString());
            await stock.ExitAsync();
        }

        CommandResult import = await DnaCommand.SucceedAsync("store", "import", state, "--data", data, "--json");
        Assert.Equal(1, JsonDocument.Parse(import.Text).RootElement.GetProperty("imported").GetInt32());
        DnaProcess ours = await DnaProcess.StartAsync(new() { Data = data });
        await using (ours)
        {
            Assert.Contains("from stock", (await DnaCommand.SucceedAsync("get", "moved", "-b", ours.Address.ToString())).Text, StringComparison.Ordinal);
            await DnaCommand.SucceedAsync("store", "export", back, "--data", data, "--format", "dhtnode-old");
        }

        await using DhtNodeProcess again = await DhtNodeProcess.StartAsync(new() { StateFile = back });
        Assert.Contains("from stock", (await DnaCommand.SucceedAsync("get", "moved", "-b", again.Address.ToString())).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_new_form_comes_back_with_its_times_and_what_is_no_state_file_makes_no_store()
    {
        using TestDirectory directory = new();
        string state = directory.File("state"), nonsense = directory.File("nonsense");
        await using DnaProcess ours = await DnaProcess.StartAsync();
        await DnaCommand.SucceedAsync("put", "kept", "a week", "--id", "2e", "--type", "7d", "-b", ours.Address.ToString());
        await DnaCommand.SucceedAsync("store", "export", state, "--data", ours.Data, "--format", "dhtnode");
        await DnaCommand.SucceedAsync("store", "import", state, "--data", directory.File("other"));
        string[] args = ["store", "inspect", "kept", "--json", "--data"];
        Assert.Equal((await DnaCommand.SucceedAsync([.. args, ours.Data])).Text, (await DnaCommand.SucceedAsync([.. args, directory.File("other")])).Text);

        await File.WriteAllBytesAsync(nonsense, [0x84, 0xa1, 0x76, 0x02], TestContext.Current.CancellationToken);
        CommandResult refused = await DnaCommand.RunAsync("store", "import", nonsense, "--data", directory.File("none"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(refused.Errors, line => line.Contains("neither an export nor a state file", StringComparison.Ordinal));
        Assert.False(Directory.Exists(directory.File("none")));
    }
}
