using System.Globalization;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>A network namespace with a small LAN of its own: multicast works in it, and nothing leaves it.</summary>
/// <remarks>Made with <c>unshare</c>, which needs no rights of an administrator; it lasts as long as the process that holds it.</remarks>
internal sealed class PrivateNetwork : IAsyncDisposable
{
    /// <summary>Address of everybody in it.</summary>
    public const string Address = "10.9.0.1";

    private const string Setup =
        "ip link set lo up && ip link add lan0 type veth peer name lan1 && ip addr add " + Address + "/24 dev lan0 && " +
        "ip link set lan0 up && ip link set lan1 up && ip route add 239.0.0.0/8 dev lan0 && echo ready && exec cat";

    private readonly ChildProcess _holder;

    private PrivateNetwork(ChildProcess holder) => _holder = holder;

    /// <summary>What to put in front of a command so that it runs inside.</summary>
    public IReadOnlyList<string> Prefix =>
        ["nsenter", "--preserve-credentials", "-U", "-n", "-t", _holder.Id.ToString(CultureInfo.InvariantCulture)];

    public static async Task<PrivateNetwork> StartAsync()
    {
        ChildProcess holder = ChildProcess.Start("unshare", ["-r", "-n", "sh", "-c", Setup], "apt-get install util-linux iproute2");
        if (await holder.Output.WaitAsync(0, line => line == "ready", TimeSpan.FromSeconds(60)) is not null) return new PrivateNetwork(holder);
        string errors = holder.Output.Tail() + holder.Errors.Tail();
        await holder.DisposeAsync();
        throw new InvalidOperationException($"No network namespace here (user namespaces, veth and iproute2 are needed):\n{errors}");
    }

    public ValueTask DisposeAsync() => _holder.DisposeAsync();
}
