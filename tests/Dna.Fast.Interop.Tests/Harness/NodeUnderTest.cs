using System.Net;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>The node a probe examines: ours, or a stock node when a person wants to know whether the tests themselves are right.</summary>
/// <remarks>
/// With <c>DNA_INTEROP_TARGET=dhtnode</c> the probe tests run against Debian's dhtnode. What fails then is either a wrong test or one of the deviations named
/// in tests/README.md.
/// </remarks>
internal sealed class NodeUnderTest : IAsyncDisposable
{
    public const string Variable = "DNA_INTEROP_TARGET";

    private readonly DnaProcess? _dna;
    private readonly DhtNodeProcess? _stock;

    private NodeUnderTest(DnaProcess? dna, DhtNodeProcess? stock)
    {
        _dna = dna;
        _stock = stock;
    }

    public static bool IsStock => Environment.GetEnvironmentVariable(Variable) == "dhtnode";

    public IPEndPoint Address => _dna?.Address ?? _stock!.Address;

    public InfoHash Id => _dna?.Id ?? _stock!.Id;

    public bool HasExited => _dna?.HasExited ?? _stock!.HasExited;

    public static async Task<NodeUnderTest> StartAsync(uint network = 0, params string[] more) =>
        IsStock
            ? new NodeUnderTest(null, await DhtNodeProcess.StartAsync(new() { Network = network }))
            : new NodeUnderTest(await DnaProcess.StartAsync(new() { Network = network, More = more }), null);

    public async ValueTask DisposeAsync()
    {
        if (_dna is not null) await _dna.DisposeAsync();
        if (_stock is not null) await _stock.DisposeAsync();
    }
}
