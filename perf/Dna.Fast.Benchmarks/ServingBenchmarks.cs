using BenchmarkDotNet.Attributes;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Benchmarks;

/// <summary>What a worker is asked.</summary>
public enum Question
{
    Ping,
    Find,
    Get,
    Put,
    Refresh,

    /// <summary>A put whose token is not ours: an error goes back.</summary>
    PutWithWrongToken,

    /// <summary>A datagram cut short: dropped.</summary>
    Malformed,

    /// <summary>A datagram of another network: dropped.</summary>
    OtherNetwork,
}

/// <summary>The whole way of a query through the node, sockets left out: gate, decoding, handler, reply, and the worker's turn.</summary>
[MemoryDiagnoser]
public class ServingBenchmarks
{
    private const int Contacts = 64;
    private const long NowUnixMs = 1_700_000_000_000;
    private static readonly Instant Now = new(1_000_000, NowUnixMs);

    private readonly InfoHash _key = InfoHash.OfKey("key");
    private readonly Sender _stranger = new(InfoHash.OfKey("stranger"), 0, IsClient: true);
    private readonly Route _route = new(NodeAddress.V4(0x0A00_0001, 4000), default);
    private readonly NullSink _sink = new();
    private MemoryValueStore? _store;
    private Node? _node;
    private IDatagramHandler _worker = null!;
    private byte[] _datagram = [];

    [ParamsAllValues]
    public Question Question { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(42);
        _store = new MemoryValueStore();
        var options = new NodeOptions { Id = InfoHash.OfKey("node"), RateLimits = RateLimits.Off };
        _node = new Node(options, new NodeParts(_store, new NoVerifier(), () => new FixedRandom(42), VerificationThreads: 0), Now);
        _worker = _node.Workers[0];
        _worker.Attach(() => { });
        Fill(_node.Context.Table4, random);
        byte[] list = SampleMessages.ValueList(SampleMessages.PlainValue(random));

        // What is read and refreshed must be there first.
        _datagram = Written(Question.Put, list);
        Serve();
        if (Question != Question.Put) _datagram = Written(Question, list);
        if (Question is not (Question.Malformed or Question.OtherNetwork) && Serve() == 0) throw new InvalidOperationException("no reply");
    }

    /// <summary>One datagram by itself: the turn behind it, which a batch shares in life, is paid in full.</summary>
    /// <returns>Bytes of the reply.</returns>
    [Benchmark]
    public int Serve()
    {
        _sink.Bytes = 0;
        _worker.Receive(Now, _route, _datagram, _sink);
        _worker.Turn(Now, _sink);
        return _sink.Bytes;
    }

    [GlobalCleanup]
    public void Clean()
    {
        _node?.Dispose();
        _store?.Dispose();
    }

    private static void Fill(RoutingTable table, Random random)
    {
        Span<byte> id = stackalloc byte[InfoHash.Bytes];
        for (int i = 0; i < Contacts; i++)
        {
            random.NextBytes(id);
            Contact contact = new(new InfoHash(id), NodeAddress.V4(0x0A00_0100u + (uint)i, 4000));
            contact.NoteReplied(Now.Ms);
            table.Insert(contact, Confirmation.Replied, Now);
        }
    }

    private byte[] Written(Question question, byte[] list)
    {
        byte[] to = new byte[2048], token = new byte[WireLimits.TokenBytes];
        if (question != Question.PutWithWrongToken) _node!.Context.Tokens.Write(_route.Remote, token);
        ValueReader.Read(list.AsSpan(1), out ValueView value, out _);
        int bytes = question switch
        {
            Question.Ping => QueryWriter.Ping(to, _stranger, 1),
            Question.Find => QueryWriter.Find(to, _stranger, 1, _key, Want.V4),
            Question.Get => QueryWriter.Get(to, _stranger, 1, _key, [], Want.V4),
            Question.Refresh => QueryWriter.Refresh(to, _stranger, 1, _key, value.Id, token),
            Question.Malformed => QueryWriter.Find(to, _stranger, 1, _key, Want.V4) / 2,
            Question.OtherNetwork => QueryWriter.Ping(to, _stranger with { Network = 9 }, 1),
            _ => QueryWriter.Put(to, _stranger, 1, _key, list, NowUnixMs / 1000, token),
        };
        return to[..bytes];
    }

    private sealed class NullSink : IDatagramSink
    {
        private readonly byte[] _room = new byte[WireLimits.DatagramBytesMax];

        public int Bytes { get; set; }

        public Span<byte> Rent(int bytesMax) => _room.AsSpan(0, bytesMax);

        public void Send(in Route route, int bytes) => Bytes += bytes;
    }

    private sealed class NoVerifier : IValueVerifier
    {
        public bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature) => false;

        public byte[]? ReadCertificateKey(ReadOnlySpan<byte> data) => null;
    }
}
