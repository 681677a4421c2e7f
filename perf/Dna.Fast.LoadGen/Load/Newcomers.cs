using System.Net;
using Dna.Fast.LoadGen.Sockets;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>
/// Strangers that knock once. A stock node that has no room for one pings a contact it is not sure of: so it comes to know our sources,
/// which answer.
/// </summary>
/// <remarks>Without them a stock node confirms one contact a round, which takes minutes. Loopback only: a node of a real network has
/// contacts.</remarks>
internal sealed class Newcomers : IDisposable
{
    private readonly LoadOptions _options;
    private readonly InfoHash _nodeId;
    private readonly SplitMix _random;
    private readonly UdpSocket? _socket;
    private readonly SendBatch _batch = new(false);

    public Newcomers(LoadOptions options, in InfoHash nodeId, SplitMix random)
    {
        _options = options;
        _nodeId = nodeId;
        _random = random;
        var local = NodeAddress.From(new IPEndPoint(options.Node.IsV4 ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0));
        const int SmallBuffer = 4096;
        if (options.Node.IsLoopback) _ = UdpSocket.Open(local, options.Node, false, SmallBuffer, out _socket);
    }

    /// <summary>One ping of an id never seen before.</summary>
    public void Knock()
    {
        if (_socket == null) return;
        var self = new Sender(KeySpace.FarId(_nodeId, _random), _options.Network, false);
        _batch.Commit(QueryWriter.Ping(_batch.Room, self, (uint)_random.Next()));
        _batch.Flush(_socket, out _);
    }

    public void Dispose() => _socket?.Dispose();
}
