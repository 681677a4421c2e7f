using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Dna.Fast.LoadGen.Compare;

namespace Dna.Fast.LoadGen.Tests.Kit;

/// <summary>Nodes that run as processes: the published <c>dna</c> and Debian's <c>dhtnode</c>, the implementation the network is made of.</summary>
internal static class RealNode
{
    public const string Ours = "dna", Stock = "dhtnode";

    /// <summary>Starts one that limits no requests, and waits for its first answer.</summary>
    public static RivalProcess Start(string name, uint network = 0) => RivalProcess.Start(new Rival(name, Command(name, network)), FreePort(), network: network);

    /// <summary>A port that was free a moment ago.</summary>
    public static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>The words that start one; <c>{port}</c> and <c>{dir}</c> are to be replaced.</summary>
    public static string Command(string name, uint network)
    {
        string path = name == Ours ? Binary() : Installed();
        return name == Ours
            ? $"{path} run --bind 127.0.0.1 --port {{port}} --data {{dir}} --rate-limit off --workers 1 --network {network}"
            : $"{path} -s -U -n {network} -p {{port}}";
    }

    private static string Installed()
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, Stock)).FirstOrDefault(File.Exists);
        Assert.SkipUnless(path != null, "dhtnode is not installed: apt-get install dhtnode");
        return path!;
    }

    private static string Binary()
    {
        string? named = Environment.GetEnvironmentVariable("DNA_BINARY");
        if (!string.IsNullOrEmpty(named)) return named;
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Dna.Fast.sln"))) root = root.Parent!;
        string rid = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        string path = Path.Combine(root.FullName, "artifacts", rid, "dna");
        Assert.True(File.Exists(path), $"there is no {path}: build it with tools/build, or name another binary in DNA_BINARY");
        return path;
    }
}
