using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

/// <summary>What the native binary tells of itself: to a health check, over HTTP, to systemd.</summary>
public sealed class WatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Healthcheck_tells_a_node_that_serves_from_one_that_is_gone()
    {
        using var directory = new TestDirectory();
        string data = directory.File("state");
        await using (DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Data = data, More = ["--http", "127.0.0.1:0"] }))
        {
            Assert.StartsWith("ready\ncontacts   warning  alone", (await DnaCommand.SucceedAsync("healthcheck", "--data", data)).Text, StringComparison.Ordinal);
            Uri address = new((await node.StatusAsync()).GetProperty("http")[0].GetString()!);
            await DnaCommand.SucceedAsync("healthcheck", address.ToString());
            using var http = new HttpClient { Timeout = Patience };
            Assert.Contains("<title>dna node</title>", await http.GetStringAsync(address), StringComparison.Ordinal);
            Assert.Contains("dna_ready 1\n", await http.GetStringAsync(new Uri(address, "/metrics")), StringComparison.Ordinal);
            JsonElement table = JsonDocument.Parse(await http.GetStringAsync(new Uri(address, "/table.json"))).RootElement;
            Assert.Equal((await node.StatusAsync()).GetProperty("id").GetString(), table.GetProperty("id").GetString());

            await DnaCommand.SucceedAsync("put", "key", "value", "--type", "7d", "-b", node.Address.ToString());
            Assert.StartsWith("1 values", (await DnaCommand.SucceedAsync("store", "stats", "--data", data)).Text, StringComparison.Ordinal);
            Assert.Contains("IPv4 all ids", (await DnaCommand.SucceedAsync("table", "--data", data)).Text, StringComparison.Ordinal);
            Assert.StartsWith("ready", (await DnaCommand.SucceedAsync("top", "--once", "--interval", "1", "--data", data)).Text, StringComparison.Ordinal);
        }

        Assert.Equal(1, (await DnaCommand.RunAsync("healthcheck", "--data", data)).ExitCode);
    }

    [Fact]
    public async Task A_node_that_reaches_nobody_fails_its_healthcheck()
    {
        // A port that is ours and answers nothing.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Bootstrap = [silent.LocalEndPoint!.ToString()!] });
        CommandResult check = await DnaCommand.RunAsync("healthcheck", "--data", node.Data);
        Assert.Equal(1, check.ExitCode);
        Assert.StartsWith("not ready\ncontacts   failing", check.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_hears_of_the_start_of_its_life_and_of_its_end()
    {
        using var directory = new TestDirectory();
        string path = directory.File("notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        await using DnaProcess node = await DnaProcess.StartAsync(new DnaOptions { Prefix = ["/usr/bin/env", "NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=3000000"] });
        await HearAsync(systemd, "READY=1\n");
        await HearAsync(systemd, "WATCHDOG=1\n");
        await HearAsync(systemd, "WATCHDOG=1\n");
        Assert.Equal(0, await node.StopAsync());
        await HearAsync(systemd, "STOPPING=1\n");
    }

    private static async Task HearAsync(Socket systemd, string beginning)
    {
        using var deadline = new CancellationTokenSource(Patience);
        byte[] datagram = new byte[4096];
        string heard;
        do heard = Encoding.UTF8.GetString(datagram, 0, await systemd.ReceiveAsync(datagram, SocketFlags.None, deadline.Token));
        while (!heard.StartsWith(beginning, StringComparison.Ordinal));
    }
}
