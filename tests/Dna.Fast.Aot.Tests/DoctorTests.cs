using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

public sealed class DoctorTests
{
    [Fact]
    public async Task Beside_a_running_node_the_doctor_asks_it_too_and_disturbs_nothing()
    {
        await using DnaProcess peer = await DnaProcess.StartAsync();
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Bootstrap = [peer.Address.ToString()] });
        await DnaCommand.SucceedAsync("put", "key", "value", "--type", "7d", "-b", node.Address.ToString());
        await Bounded.UntilAsync(async () => (await DnaCommand.RunAsync("healthcheck", "--data", node.Data)).ExitCode == 0, TimeSpan.FromSeconds(60), "the node has joined");
        CommandResult doctor = await DnaCommand.SucceedAsync("doctor", "--data", node.Data, "--peer", peer.Address.ToString(), "--json");
        JsonElement report = JsonDocument.Parse(doctor.Text).RootElement;
        Assert.True(report.GetProperty("running").GetBoolean());
        Dictionary<string, string?> states = report.GetProperty("checks").EnumerateArray()
            .ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("state").GetString());
        Assert.All(["node", "node_contacts", "node_threads", "node_serving", "ports", "peers", "reachability"], name => Assert.Equal("ok", states[name]));
        Assert.All(["disk_speed", "descriptors", "udp_buffers", "memory", "time"], name => Assert.Contains(name, states.Keys));
        Assert.DoesNotContain(Directory.GetFiles(node.Data), file => Path.GetFileName(file).StartsWith(".doctor", StringComparison.Ordinal));
        await DnaCommand.SucceedAsync("get", "key", "-b", node.Address.ToString());
    }
}
