using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Asking;

/// <summary>A whole node whose datagrams are written and read by the test, at a time the test sets.</summary>
internal sealed class NodeBench : IDisposable
{
    public static readonly InfoHash Self = InfoHash.OfKey("self"), Peer = InfoHash.OfKey("peer");
    public static readonly NodeAddress PeerAddress = NodeAddress.V4(0x7F000001, 4001);

    private readonly byte[] _buffer = new byte[WireLimits.DatagramBytesMax];
    private readonly MemoryValueStore _store = new();

    public NodeBench(params NodeAddress[] bootstrap)
    {
        Node = new Node(
            new NodeOptions { Id = Self, Bootstrap = bootstrap },
            new NodeParts(_store, new NoVerifier(), () => new SeededRandom(7), Workers: 1, VerificationThreads: 0),
            Now);
        Node.Workers[0].Attach(() => { });
    }

    public delegate int Writer(Span<byte> to, in Sender sender, uint t);

    public Node Node { get; }

    public RecordingSink Sink { get; } = new();

    public Instant Now { get; private set; } = new(1_000, 1_700_000_000_000);

    /// <summary>Moves the clock and lets the node take its turn.</summary>
    /// <returns>What it sent.</returns>
    public List<(Route To, byte[] Bytes)> Turn(long ms = 0)
    {
        Now = new Instant(Now.Ms + ms, Now.UnixMs + ms);
        Sink.Sent.Clear();
        Node.Workers[0].Turn(Now, Sink);
        return [.. Sink.Sent];
    }

    /// <summary>Hands the node a datagram of the peer and lets it take its turn.</summary>
    public List<(Route To, byte[] Bytes)> Receive(uint t, Writer write, NodeAddress? from = null)
    {
        int length = write(_buffer, new Sender(Peer, 0, false), t);
        Assert.NotEqual(0, length);
        Sink.Sent.Clear();
        Node.Workers[0].Receive(Now, new Route(from ?? PeerAddress, default), _buffer.AsSpan(0, length), Sink);
        Node.Workers[0].Turn(Now, Sink);
        return [.. Sink.Sent];
    }

    /// <summary>The transaction of the one query of a kind among what was sent.</summary>
    public static uint TransactionOf(IEnumerable<(Route To, byte[] Bytes)> sent, MessageKind kind)
    {
        foreach ((Route _, byte[] bytes) in sent)
        {
            Assert.Equal(DecodeStatus.Ok, MessageReader.Read(bytes, out Message message));
            if (message.Kind == kind) return message.Transaction;
        }

        throw new InvalidOperationException($"no {kind} was sent");
    }

    public void Dispose()
    {
        Node.Dispose();
        _store.Dispose();
    }

    private sealed class NoVerifier : IValueVerifier
    {
        public bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature) => false;

        public byte[]? ReadCertificateKey(ReadOnlySpan<byte> data) => null;
    }
}
