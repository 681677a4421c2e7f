using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Tests.Kit;

/// <summary>How a tiny node misbehaves. Counts are of the datagrams it concerns, from 1; 0: never.</summary>
internal sealed class Faults
{
    /// <summary>Leaves the token out of its answers to find and get.</summary>
    public bool NoToken { get; init; }

    /// <summary>Does not answer every n-th query of this kind.</summary>
    public int DropEvery { get; init; }

    /// <summary>Refuses the n-th put, once, with 401.</summary>
    public int UnauthorizedAt { get; init; }

    /// <summary>Flips a byte of the value in every n-th answer to get.</summary>
    public int CorruptEvery { get; init; }

    /// <summary>Answers every n-th get without values.</summary>
    public int ForgetEvery { get; init; }

    /// <summary>Answers every n-th ping twice.</summary>
    public int RepeatEvery { get; init; }

    /// <summary>Does not push every n-th push.</summary>
    public int SwallowPushEvery { get; init; }

    /// <summary>Pushes every n-th push twice.</summary>
    public int RepeatPushEvery { get; init; }

    /// <summary>Before the n-th ping is answered, nothing is done for <see cref="Stall"/>.</summary>
    public int StallAt { get; init; }

    public TimeSpan Stall { get; init; } = TimeSpan.FromMilliseconds(300);

    public uint Network { get; init; }

    /// <summary>From the n-th ping on it answers by another id, as a node does that was replaced.</summary>
    public int AnotherIdFrom { get; init; }

    /// <summary>Answers with what is no message.</summary>
    public bool Gibberish { get; init; }
}

/// <summary>A node of one thread and one dictionary, which answers as the specification says except for its faults.</summary>
internal sealed class TinyNode : IDisposable
{
    private static readonly byte[] OurToken = [9, 8, 7, 6, 5, 4, 3, 2];

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
    private readonly Faults _faults;
    private readonly Sender _self;
    private readonly Dictionary<InfoHash, List<byte[]>> _values = [];
    private readonly Dictionary<InfoHash, List<(IPEndPoint Who, uint SocketId)>> _listeners = [];
    private readonly ConcurrentDictionary<MessageKind, int> _seen = new();
    private readonly byte[] _room = new byte[4096];
    private readonly Thread _thread;
    private int _pushes;
    private volatile bool _isStopped;

    public TinyNode(Faults? faults = null)
    {
        _faults = faults ?? new Faults();
        _self = new Sender(InfoHash.Of("tiny node"u8), _faults.Network, false);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public NodeAddress Address => NodeAddress.From((IPEndPoint)_socket.LocalEndPoint!);

    /// <summary>Queries of a kind that arrived.</summary>
    public int Seen(MessageKind kind) => _seen.GetValueOrDefault(kind);

    public void Dispose()
    {
        // A datagram to itself ends the wait of its thread.
        _isStopped = true;
        using var waker = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        waker.SendTo([0], _socket.LocalEndPoint!);
        _thread.Join();
        _socket.Dispose();
    }

    private void Serve()
    {
        byte[] buffer = new byte[65_536];
        while (!_isStopped)
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            int bytes = _socket.ReceiveFrom(buffer, ref from);
            if (MessageReader.Read(buffer.AsSpan(0, bytes), out Message message) != DecodeStatus.Ok
                || message.Network != _faults.Network) continue;
            Answer(message, (IPEndPoint)from);
        }
    }

    private void Answer(scoped in Message query, IPEndPoint from)
    {
        int number = _seen.AddOrUpdate(query.Kind, 1, (_, before) => before + 1);
        if (Hits(_faults.DropEvery, number)) return;
        NodeAddress who = NodeAddress.From(from);
        byte[] token = _faults.NoToken ? [] : OurToken;
        if (_faults.Gibberish)
        {
            _socket.SendTo("what?"u8, SocketFlags.None, from);
            return;
        }

        switch (query.Kind)
        {
            case MessageKind.Ping:
                if (number == _faults.StallAt) new ManualResetEventSlim().Wait(_faults.Stall);
                Sender self = _faults.AnotherIdFrom > 0 && number >= _faults.AnotherIdFrom ? _self with { Id = InfoHash.Of("another"u8) } : _self;
                Send(ReplyWriter.Pong(_room, self, query.Transaction, who), from);
                if (Hits(_faults.RepeatEvery, number)) Send(ReplyWriter.Pong(_room, _self, query.Transaction, who), from);
                break;
            case MessageKind.Find:
                Send(ReplyWriter.Found(_room, _self, query.Transaction, who, default, default, token, default, default), from);
                break;
            case MessageKind.Get:
                Get(query, from, who, token, number);
                break;
            case MessageKind.Put:
                Put(query, from, who, number);
                break;
            case MessageKind.Listen:
                Listen(query, from, who);
                break;
        }
    }

    private void Get(scoped in Message query, IPEndPoint from, in NodeAddress who, byte[] token, int number)
    {
        byte[] list = new byte[4096];
        int bytes = 0;
        if (!Hits(_faults.ForgetEvery, number) && _values.TryGetValue(query.Target, out List<byte[]>? values))
        {
            byte[] packed = [.. values.SelectMany(v => v)];
            if (Hits(_faults.CorruptEvery, number)) packed[^1] ^= 1;
            bytes = ValueListWriter.Inline(list, packed, values.Count);
        }

        Send(ReplyWriter.Found(_room, _self, query.Transaction, who, default, default, token, list.AsSpan(0, bytes), default), from);
    }

    private void Put(scoped in Message query, IPEndPoint from, in NodeAddress who, int number)
    {
        if (number == _faults.UnauthorizedAt || !query.Token.SequenceEqual(OurToken))
        {
            Send(ReplyWriter.Error(_room, _self, query.Transaction, 401, "wrong token"u8), from);
            return;
        }

        var values = new ValueEnumerator(query.Values, query.ValueCount);
        while (values.MoveNext())
        {
            if (ValueReader.Read(values.Packed, out ValueView value, out _) != DecodeStatus.Ok) continue;
            byte[] packed = values.Packed.ToArray();
            List<byte[]> stored = _values.TryGetValue(query.Target, out List<byte[]>? there) ? there : _values[query.Target] = [];
            if (!stored.Any(s => s.AsSpan().SequenceEqual(packed))) stored.Add(packed);
            Push(query.Target, packed);
            Send(ReplyWriter.Stored(_room, _self, query.Transaction, who, value.Id), from);
        }
    }

    private void Listen(scoped in Message query, IPEndPoint from, in NodeAddress who)
    {
        List<(IPEndPoint Who, uint SocketId)> listeners = _listeners.TryGetValue(query.Target, out var there) ? there
            : _listeners[query.Target] = [];
        (IPEndPoint, uint) listener = (from, query.SocketId);
        if (!listeners.Contains(listener)) listeners.Add(listener);
        Send(ReplyWriter.Listening(_room, _self, query.Transaction, who, OurToken), from);
    }

    private void Push(in InfoHash key, byte[] packed)
    {
        if (!_listeners.TryGetValue(key, out var listeners)) return;
        byte[] list = new byte[4096];
        int bytes = ValueListWriter.Inline(list, packed, 1);
        foreach ((IPEndPoint who, uint socketId) in listeners)
        {
            _pushes++;
            if (Hits(_faults.SwallowPushEvery, _pushes)) continue;
            int length = QueryWriter.UpdateValues(_room, _self, 1, key, socketId, list.AsSpan(0, bytes), OurToken);
            Send(length, who);
            if (Hits(_faults.RepeatPushEvery, _pushes)) Send(length, who);
        }
    }

    private void Send(int bytes, IPEndPoint to) => _socket.SendTo(_room.AsSpan(0, bytes), SocketFlags.None, to);

    private static bool Hits(int every, int number) => every > 0 && number % every == 0;
}
