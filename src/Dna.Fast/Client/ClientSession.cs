using System.Net;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Net;
using Dna.Fast.Settings;
using Dna.Fast.Wire;

namespace Dna.Fast.Client;

/// <summary>A node for the length of one command: in memory, on a free port, handed out to nobody.</summary>
internal sealed class ClientSession : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The node's figures are a quarter of a second old at most; twelve looks are three seconds.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    private const int AddressLooksMax = 12;

    private readonly MemoryValueStore _store;
    private readonly Node _node;
    private readonly WorkerGroup _workers;
    private readonly RsaVerifier _verifier;

    private ClientSession(MemoryValueStore store, Node node, WorkerGroup workers, RsaVerifier verifier, IReadOnlyList<NodeAddress> bootstrap)
    {
        _verifier = verifier;
        _store = store;
        _node = node;
        _workers = workers;
        Bootstrap = bootstrap;
        Dht = new Dht(node, TimeProvider.System);
    }

    public IDht Dht { get; }

    /// <summary>What the bootstrap entry means, in the resolver's order.</summary>
    public IReadOnlyList<NodeAddress> Bootstrap { get; }

    /// <summary>True as soon as any node has answered: what is late then is the answer, not the network.</summary>
    public bool HasHeardAnybody => _node.GoodNodes().Count > 0;

    /// <summary>Starts the node.</summary>
    /// <returns>The session, or the exit code after saying on <paramref name="error"/> why not.</returns>
    public static async Task<(ClientSession? Session, int ExitCode)> OpenAsync(
        HostPort entry, uint network, TextWriter error, CancellationToken cancellation)
    {
        ResolveResult resolved = await Resolver.ResolveAsync(entry.Text, HostPort.DefaultPort, cancellation).ConfigureAwait(false);
        if (resolved.Error is not null)
        {
            await error.WriteLineAsync("dna: " + resolved.Error).ConfigureAwait(false);
            return (null, ExitCode.Unreachable);
        }

        bool v4 = resolved.Addresses.Any(address => address.Family == IpFamily.V4);
        bool v6 = resolved.Addresses.Any(address => address.Family == IpFamily.V6);
        var store = new MemoryValueStore();
        var verifier = new RsaVerifier();
        var node = new Node(
            new NodeOptions
            {
                Id = NewId(),
                Network = network,
                IsClient = true,
                Bootstrap = resolved.Addresses,
                ServesV4 = v4,
                ServesV6 = v6,
            },
            new NodeParts(store, verifier, () => new SystemRandom()),
            SystemClock.Instance.Now);
        OpenResult opened = WorkerGroup.Open(
            new NetOptions { Addresses = Wildcards(v4, v6), SkipMissingFamily = true, HandlerFailed = (_, failure) => error.WriteLine("dna: " + failure) },
            node.Workers);
        if (opened.Group is not { } workers)
        {
            await error.WriteLineAsync("dna: " + opened.Message).ConfigureAwait(false);
            node.Dispose();
            store.Dispose();
            return (null, ExitCode.Unreachable);
        }

        workers.Start();
        return (new ClientSession(store, node, workers, verifier, resolved.Addresses), ExitCode.Ok);
    }

    /// <summary>The network with signatures checked, and with an identity.</summary>
    /// <param name="identity">Signs and decrypts; null: nobody does.</param>
    public ISecureDht Secure(RsaIdentity? identity) => new SecureDht(Dht, identity, _verifier, TimeProvider.System);

    /// <summary>Our address as most nodes that answered see it.</summary>
    /// <returns>Null when no answer named one.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IPAddress?> ReportedAddressAsync(CancellationToken cancellation)
    {
        for (int look = 1; ; look++)
        {
            if (_node.Status.ReportedAddress is { IsValid: true } address) return address.ToEndPoint().Address;
            if (look == AddressLooksMax) return null;
            await Task.Delay(BetweenLooks, cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _workers.Stop(StopTimeout);
        _node.Dispose();
        _store.Dispose();
    }

    /// <summary>The addresses that stand for "any", of the families asked for.</summary>
    public static IReadOnlyList<NodeAddress> Wildcards(bool v4, bool v6)
    {
        var addresses = new List<NodeAddress>();
        if (v4 && NodeAddress.TryParse("0.0.0.0", 0, out NodeAddress any4)) addresses.Add(any4);
        if (v6 && NodeAddress.TryParse("::", 0, out NodeAddress any6)) addresses.Add(any6);
        return addresses;
    }

    private static InfoHash NewId()
    {
        Span<byte> id = stackalloc byte[InfoHash.Bytes];
        new SystemRandom().Fill(id);
        return new InfoHash(id);
    }
}
