using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>A relay on the way to a node that shows what both sides say. To the clients it looks like the node, to the node like the clients.</summary>
internal sealed class Tap : IAsyncDisposable
{
    private static readonly Stopwatch Clock = Stopwatch.StartNew();
    private readonly IPEndPoint _node;
    private readonly Socket _front;
    private readonly ConcurrentDictionary<IPEndPoint, Socket> _backs = new();
    private readonly ConcurrentQueue<(Packet Packet, bool FromNode)> _seen = new();
    private readonly ConcurrentBag<Task> _pumps = [];
    private readonly CancellationTokenSource _stopped = new();

    public Tap(IPEndPoint node)
    {
        _node = node;
        _front = Bind();
        _pumps.Add(Task.Run(PumpInAsync));
    }

    public IPEndPoint Address => (IPEndPoint)_front.LocalEndPoint!;

    /// <summary>What passed: the datagram, and whether the node sent it.</summary>
    public IReadOnlyList<(Packet Packet, bool FromNode)> Seen => [.. _seen];

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await Task.WhenAll(_pumps);
        _front.Dispose();
        foreach (Socket back in _backs.Values) back.Dispose();
        _stopped.Dispose();
    }

    private static Socket Bind()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private async Task PumpInAsync() => await PumpAsync(_front, fromNode: false, (bytes, client) =>
    {
        Socket back = _backs.GetOrAdd(client, _ =>
        {
            Socket opened = Bind();
            _pumps.Add(Task.Run(() => PumpAsync(opened, fromNode: true, (reply, _) => _front.SendTo(reply, client))));
            return opened;
        });
        back.SendTo(bytes, _node);
    });

    private async Task PumpAsync(Socket socket, bool fromNode, Action<byte[], IPEndPoint> forward)
    {
        byte[] buffer = new byte[65_536];
        try
        {
            while (true)
            {
                SocketReceiveFromResult got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stopped.Token);
                byte[] bytes = buffer.AsSpan(0, got.ReceivedBytes).ToArray();
                IPEndPoint from = (IPEndPoint)got.RemoteEndPoint;
                _seen.Enqueue((new Packet(bytes, from, Clock.Elapsed), fromNode));
                forward(bytes, from);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
