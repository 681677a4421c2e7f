using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Release.Tests;

/// <summary>The image, run as operators run it.</summary>
public sealed class ImageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task It_runs_as_65532_read_only_without_rights_in_128_MiB_and_knows_whether_it_is_healthy()
    {
        // Whom it is told to join is not there yet: a node that reaches nobody is not healthy.
        int peerPort = FreePort();
        await using Container container = await Container.UnpackAsync();
        await using ReleasedNode node = await container.RunAsync("--bind", "127.0.0.1", "--port", "0", "--bootstrap", $"127.0.0.1:{peerPort}");

        Dictionary<string, string> status = await container.StatusAsync();
        Assert.Equal(["65532", "65532", "65532", "65532"], status["Uid"].Split('\t'));
        Assert.Equal(["65532", "65532", "65532", "65532"], status["Gid"].Split('\t'));
        foreach (string set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) Assert.Equal("0000000000000000", status[set]);
        Assert.Equal("1", status["NoNewPrivs"]);

        Ended lonely = await container.CheckHealthAsync();
        Assert.Equal(1, lonely.ExitCode);
        Assert.Contains("contacts", lonely.Text, StringComparison.Ordinal);

        using var directory = new TestDirectory();
        await using ReleasedNode peer = await ReleasedNode.StartAsync(
            Released.Program(), "run", "--bind", "127.0.0.1", "--port", peerPort.ToString(CultureInfo.InvariantCulture), "--data", directory.FullName);
        await Bounded.UntilAsync(async () => (await container.CheckHealthAsync()).ExitCode == 0, Patience, "healthy with a peer");

        // It works: values of a day and longer go to the disk, which is the only place it can write to.
        string at = $"127.0.0.1:{node.Port}";
        await Tool.SucceedAsync(Released.Program(), "put", "greeting", "hello", "--type", "7d", "-b", at);
        Assert.Contains("hello", (await Tool.SucceedAsync(Released.Program(), "get", "greeting", "-b", at)).Text, StringComparison.Ordinal);
        status = await container.StatusAsync();
        Assert.InRange(long.Parse(status["VmHWM"].Split(' ')[0], CultureInfo.InvariantCulture) << 10, 1, Container.MemoryBytes);

        await peer.StopAsync();
        await Bounded.UntilAsync(async () => (await container.CheckHealthAsync()).ExitCode == 1, Patience, "not healthy without the peer");
        Assert.Equal(0, await node.StopAsync());
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public async Task It_holds_the_program_three_small_files_and_an_empty_state_folder(string architecture)
    {
        await using Container container = await Container.UnpackAsync(architecture);
        Ended list = await Tool.BashAsync("""cd "$1" && find . -mindepth 1 -printf '%P %M %U:%G\n' | LC_ALL=C sort""", container.Root);
        Assert.Equal(
            [
                "dna -rwxr-xr-x 0:0",
                "etc drwxr-xr-x 0:0", "etc/dna drwxr-xr-x 0:0", "etc/group -rw-r--r-- 0:0", "etc/nsswitch.conf -rw-r--r-- 0:0", "etc/passwd -rw-r--r-- 0:0",
                "tmp drwxrwxrwt 0:0",
                "var drwxr-xr-x 0:0", "var/lib drwxr-xr-x 0:0", "var/lib/dna drwx------ 65532:65532",
            ],
            list.Output);
        string program = Released.Program(architecture == "amd64" ? "linux-x64" : "linux-arm64");
        Assert.Equal(await File.ReadAllBytesAsync(program), await File.ReadAllBytesAsync(Path.Combine(container.Root, "dna")));
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public async Task Skopeo_finds_the_image_of_an_architecture(string architecture)
    {
        Ended ended = await Tool.SucceedAsync("skopeo", "--override-arch", architecture, "inspect", "--config", "oci-archive:" + Released.Image);
        Assert.Contains($"\"architecture\": \"{architecture}\"", ended.Text, StringComparison.Ordinal);
        Assert.Contains("\"User\": \"65532:65532\"", ended.Text, StringComparison.Ordinal);
    }

    /// <summary>A Docker without a store of its own for OCI archives reads manifest.json instead: one name for each architecture, as it takes the last of two with one name.</summary>
    [Theory]
    [InlineData("amd64", "")]
    [InlineData("arm64", "-arm64")]
    public async Task It_has_one_name_whoever_loads_it(string architecture, string suffix)
    {
        string name = "localhost/dna:" + Released.Version;
        Ended index = await Tool.SucceedAsync("tar", "-xOf", Released.Image, "index.json");
        JsonElement annotations = JsonDocument.Parse(index.Text).RootElement.GetProperty("manifests")[0].GetProperty("annotations");
        Assert.Equal(name, annotations.GetProperty("org.opencontainers.image.ref.name").GetString());
        Assert.Equal(name, annotations.GetProperty("io.containerd.image.name").GetString());
        Ended old = await Tool.SucceedAsync("skopeo", "inspect", "--config", "--override-arch", architecture, $"docker-archive:{Released.Image}:{name}{suffix}");
        Ended own = await Tool.SucceedAsync("skopeo", "inspect", "--config", "--override-arch", architecture, "oci-archive:" + Released.Image);
        Assert.Equal(own.Text, old.Text);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
