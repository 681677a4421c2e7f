using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Dna.Fast.Wire;

namespace Dna.Fast.Aot.Tests;

/// <summary>Puts values of seven days as fast as they are acknowledged, over one socket, and remembers which were.</summary>
internal sealed class PutLoad : IDisposable
{
    private const ushort SevenDays = 0x1001;

    /// <summary>Unanswered puts at once: enough that a kill always meets some.</summary>
    private const int WindowMax = 64;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 2_000 };
    private readonly Sender _self;
    private readonly Random _random;
    private readonly Dictionary<uint, (InfoHash Key, byte[] Packed)> _open = [];
    private readonly byte[] _buffer = new byte[WireLimits.DatagramBytesMax];
    private uint _transaction;

    public PutLoad(IPEndPoint node, Random random)
    {
        _random = random;
        Span<byte> id = stackalloc byte[InfoHash.Bytes];
        random.NextBytes(id);
        _self = new Sender(new InfoHash(id), 0, IsClient: true);
        _transaction = (uint)random.Next();
        _socket.Connect(node);
    }

    /// <summary>Key and packed bytes of each acknowledged put.</summary>
    public ConcurrentQueue<(InfoHash Key, byte[] Packed)> Acknowledged { get; } = new();

    /// <summary>Puts until the node is gone.</summary>
    /// <param name="enough">Completed when so many puts are acknowledged.</param>
    public void Run(int count, TaskCompletionSource enough)
    {
        byte[] token = FindToken();
        try
        {
            while (true)
            {
                while (_open.Count < WindowMax) Put(token);
                if (TryTake() && Acknowledged.Count >= count) enough.TrySetResult();
            }
        }
        catch (SocketException)
        {
            // The node was killed: refused, or silent for longer than anything takes.
        }
    }

    /// <summary>Puts so many and waits for every acknowledgement.</summary>
    public void PutAll(int count)
    {
        _socket.ReceiveTimeout = 60_000;
        byte[] token = FindToken();
        for (int put = 0; put < count || _open.Count > 0;)
        {
            for (; put < count && _open.Count < WindowMax; put++) Put(token);
            TryTake();
        }
    }

    /// <summary>The packed values a node has under a key.</summary>
    public List<byte[]> Get(InfoHash key)
    {
        int length = QueryWriter.Get(_buffer, _self, ++_transaction, key, [], Want.Unsaid);
        uint asked = _transaction;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            _socket.Send(_buffer.AsSpan(0, length));
            if (Receive(out Message reply) && reply.Transaction == asked)
            {
                var found = new List<byte[]>();
                var values = new ValueEnumerator(reply.Values, reply.ValueCount);
                while (values.MoveNext()) found.Add(values.Packed.ToArray());
                return found;
            }

            length = QueryWriter.Get(_buffer, _self, asked, key, [], Want.Unsaid);
        }

        throw new TimeoutException("the node does not answer");
    }

    public void Dispose() => _socket.Dispose();

    private byte[] FindToken()
    {
        int length = QueryWriter.Find(_buffer, _self, ++_transaction, _self.Id, Want.Unsaid);
        _socket.Send(_buffer.AsSpan(0, length));
        Assert.True(Receive(out Message reply));
        return reply.Token.ToArray();
    }

    private void Put(byte[] token)
    {
        byte[] key = new byte[InfoHash.Bytes], data = new byte[_random.Next(1, 500)];
        _random.NextBytes(key);
        _random.NextBytes(data);
        var value = new ValueBuilder { Id = (ulong)_random.NextInt64(1, long.MaxValue), Type = SevenDays, Data = data };
        Assert.Equal(DecodeStatus.Ok, value.Pack(out byte[] packed));
        byte[] list = [0x91, .. packed];
        int length = QueryWriter.Put(_buffer, _self, ++_transaction, new InfoHash(key), list, DateTimeOffset.UtcNow.ToUnixTimeSeconds(), token);
        _open.Add(_transaction, (new InfoHash(key), packed));
        _socket.Send(_buffer.AsSpan(0, length));
    }

    private bool TryTake()
    {
        if (!Receive(out Message reply) || reply.Kind != MessageKind.Reply || !_open.Remove(reply.Transaction, out (InfoHash Key, byte[] Packed) put)) return false;
        Acknowledged.Enqueue(put);
        return true;
    }

    private bool Receive(out Message message)
    {
        byte[] datagram = new byte[4096];
        int length = _socket.Receive(datagram);
        return MessageReader.Read(datagram.AsSpan(0, length), out message) == DecodeStatus.Ok;
    }
}
