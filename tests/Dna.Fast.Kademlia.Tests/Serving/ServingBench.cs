using System.Text;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Kademlia.Serving;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Asking;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

/// <summary>One worker with a clock that is moved by hand; strangers speak to it in datagrams and its answers are decoded from bytes.</summary>
internal sealed class ServingBench : IDisposable
{
    public static readonly InfoHash Key = InfoHash.OfKey("key");
    public static readonly Sender Node = new(InfoHash.OfKey("node"), 0, IsClient: false);
    public static readonly Sender Stranger = new(InfoHash.OfKey("stranger"), 0, IsClient: false);
    public static readonly NodeAddress Home = NodeAddress.V4(0xC0000201, 4001);

    private readonly byte[] _buffer = new byte[WireLimits.DatagramBytesMax];

    public ServingBench(IValueStore? store = null, RateLimits? limits = null, uint network = 0, int verificationThreads = 0, int verificationCapacity = 64)
    {
        Store = store ?? new MemoryValueStore();
        Context = new NodeContext
        {
            Options = new NodeOptions { Id = Node.Id, Network = network },
            Store = Store,
            Verifier = Verifier,
            Gate = new Gate(limits ?? RateLimits.Stock, 1),
            Tokens = new TokenMint(new SeededRandom(1), Now),
            Table4 = new RoutingTable(Node.Id, IpFamily.V4),
            Table6 = new RoutingTable(Node.Id, IpFamily.V6),
            Inbox = Inbox,
            Listened = new ListenedKeys(),
        };
        Queue = new VerificationQueue(Verifier, verificationThreads, verificationCapacity);
        Receiver = new Receiver(Context, Counters, Queue);
        Receiver.Attach(() => Woken.Set());
        Store.Observe(new StoreEvents(Context, [Receiver]));
    }

    public delegate int Writer(Span<byte> to);

    public NodeContext Context { get; }

    public CounterSet Counters { get; } = new();

    public RecordingSink Sink { get; } = new();

    public RecordingInbox Inbox { get; } = new();

    public RsaVerifier Verifier { get; } = new();

    public VerificationQueue Queue { get; }

    public Receiver Receiver { get; }

    public IValueStore Store { get; }

    public ManualResetEventSlim Woken { get; } = new();

    public Instant Now { get; private set; } = new(1_000_000, 1_700_000_000_000);

    public static byte[] Pack(in ValueView value)
    {
        var packed = new byte[ValueWriter.BytesMax(value)];
        int length = ValueWriter.Write(packed, value);
        Assert.NotEqual(0, length);
        return packed[..length];
    }

    public static byte[] Text(ulong id, string text, ushort type = 0, string userType = "text/plain") =>
        Pack(new ValueView { Id = id, Type = type, Data = Encoding.UTF8.GetBytes(text), UserType = Encoding.UTF8.GetBytes(userType) });

    /// <summary>A msgpack array of packed values.</summary>
    public static byte[] Inline(params byte[][] values)
    {
        byte[] packed = values.SelectMany(v => v).ToArray();
        var list = new byte[packed.Length + 8];
        return list[..ValueListWriter.Inline(list, packed, values.Length)];
    }

    public static byte[] Select(ReadOnlySpan<ValueField> fields, ReadOnlySpan<byte> where = default)
    {
        var query = new byte[1024];
        return query[..QueryMapWriter.Select(query, fields, where)];
    }

    public static byte[] WhereId(ulong id)
    {
        var query = new byte[64];
        return query[..QueryMapWriter.WhereId(query, id)];
    }

    public byte[] Token(NodeAddress? of = null)
    {
        var token = new byte[WireLimits.TokenBytes];
        Context.Tokens.Write(of ?? Home, token);
        return token;
    }

    public void Move(long ms) => Now = new Instant(Now.Ms + ms, Now.UnixMs + ms);

    /// <summary>One datagram of a batch: the turn after it comes later.</summary>
    public void Receive(Writer writer)
    {
        int length = writer(_buffer);
        Assert.NotEqual(0, length);
        Receiver.Receive(Now, new Route(Home, default), _buffer.AsSpan(0, length), Sink);
    }

    /// <summary>Hands over one datagram, then gives the worker its turn.</summary>
    /// <returns>What was sent since the last call.</returns>
    public List<byte[]> Send(ReadOnlySpan<byte> datagram, NodeAddress? from = null)
    {
        Receiver.Receive(Now, new Route(from ?? Home, default), datagram, Sink);
        return Turn();
    }

    public List<byte[]> Send(Writer writer, NodeAddress? from = null)
    {
        int length = writer(_buffer);
        Assert.NotEqual(0, length);
        return Send(_buffer.AsSpan(0, length), from);
    }

    public List<byte[]> Turn()
    {
        Receiver.Turn(Now, Sink);
        var sent = Sink.Sent.Select(s => s.Bytes).ToList();
        Sink.Sent.Clear();
        return sent;
    }

    public List<byte[]> Ping(uint t = 1, NodeAddress? from = null, Sender? sender = null) => Send(to => QueryWriter.Ping(to, sender ?? Stranger, t), from);

    public List<byte[]> Get(byte[]? query = null, InfoHash? key = null, Want want = Want.Unsaid, NodeAddress? from = null) =>
        Send(to => QueryWriter.Get(to, Stranger, 2, key ?? Key, query, want), from);

    public List<byte[]> Put(byte[] value, uint t = 3, long created = -1, NodeAddress? from = null, byte[]? token = null, InfoHash? key = null) =>
        PutList(Inline(value), t, created, from, token, key);

    public List<byte[]> PutList(byte[] list, uint t = 3, long created = -1, NodeAddress? from = null, byte[]? token = null, InfoHash? key = null) =>
        Send(to => QueryWriter.Put(to, Stranger, t, key ?? Key, list, created, token ?? Token(from)), from);

    /// <summary>Header and fragments of a put, as stock sends them; not sent yet.</summary>
    public List<byte[]> BigPut(uint t, params byte[][] values)
    {
        var list = new byte[1024];
        int listed = ValueListWriter.Sizes(list, values.Select(v => v.Length).ToArray());
        var datagrams = new List<byte[]> { _buffer[..QueryWriter.Put(_buffer, Stranger, t, Key, list.AsSpan(0, listed), -1, Token())] };
        for (int i = 0; i < values.Length; i++)
        {
            for (int offset = 0; offset < values[i].Length; offset += WireLimits.FragmentBytes)
            {
                ReadOnlySpan<byte> data = values[i].AsSpan(offset, Math.Min(WireLimits.FragmentBytes, values[i].Length - offset));
                datagrams.Add(_buffer[..FragmentWriter.Write(_buffer, Stranger, t, i, offset, data)]);
            }
        }

        return datagrams;
    }

    /// <summary>Decodes a datagram of ours.</summary>
    public static Message Read(byte[] datagram)
    {
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(datagram, out Message message));
        return message;
    }

    /// <summary>The packed values of a get without selection, whether inline or in fragments.</summary>
    public List<byte[]> Values(List<byte[]> reply)
    {
        Assert.NotEmpty(reply);
        Message header = Read(reply[0]);
        Assert.Equal(MessageKind.Reply, header.Kind);
        Assert.Equal(WireLimits.TokenBytes, header.Token.Length);
        if (header.HasSizes)
        {
            var reassembler = new Reassembler(new ReassemblyLimits());
            ReassembledMessage? whole = null;
            Assert.Equal(ReassemblyStatus.Waiting, reassembler.Open(Home, header, reply[0], Now.Ms, out _));
            foreach (byte[] fragment in reply.Skip(1)) reassembler.Add(Home, Read(fragment), Now.Ms, out whole);
            Assert.NotNull(whole);
            return whole.Values.Select(v => v.ToArray()).ToList();
        }

        var values = new List<byte[]>();
        var elements = new ValueEnumerator(header.Values, header.ValueCount);
        while (elements.MoveNext()) values.Add(elements.Packed.ToArray());
        return values;
    }

    /// <summary>The data of the stored values, as a get returns them.</summary>
    public List<string> Texts(InfoHash? key = null) => Values(Get(key: key)).Select(TextOf).ToList();

    public static string TextOf(byte[] packed)
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out _));
        return Encoding.UTF8.GetString(value.Data);
    }

    /// <summary>Asserts that the one answer acknowledges this value id.</summary>
    public static void AssertAcknowledged(ulong id, List<byte[]> sent, uint t = 3)
    {
        Message reply = Read(Assert.Single(sent));
        Assert.Equal(MessageKind.Reply, reply.Kind);
        Assert.Equal((id, t), (reply.ValueId, reply.Transaction));
    }

    /// <summary>Asserts that the one answer is this error, with the node's id in <c>r</c>.</summary>
    public static void AssertError(int code, List<byte[]> sent)
    {
        Message reply = Read(Assert.Single(sent));
        Assert.Equal(MessageKind.Error, reply.Kind);
        Assert.Equal(code, reply.ErrorCode);
        Assert.Equal(Node.Id, reply.Id);
    }

    public void Dispose()
    {
        Queue.Dispose();
        Woken.Dispose();
    }
}
