using Dna.Fast.Kademlia.Asking;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Asking;

/// <summary>Keeps what was sent.</summary>
internal sealed class RecordingSink : IDatagramSink
{
    private readonly byte[] _room = new byte[WireLimits.DatagramBytesMax];

    public List<(Route To, byte[] Bytes)> Sent { get; } = [];

    public bool IsFull { get; set; }

    public Span<byte> Rent(int bytesMax) => IsFull ? [] : _room.AsSpan(0, bytesMax);

    public void Send(in Route route, int bytes) => Sent.Add((route, _room.AsSpan(0, bytes).ToArray()));
}

/// <summary>A seeded generator (xorshift64*), the same on every machine.</summary>
internal sealed class SeededRandom(ulong seed) : INodeRandom
{
    private ulong _state = seed | 1;

    public void Fill(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(NextUInt64() >> 24);
    }

    public ulong NextUInt64()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return _state * 0x2545F4914F6CDD1D;
    }
}

/// <summary>A request engine with a clock that is moved by hand.</summary>
internal sealed class EngineBench
{
    public EngineBench(ulong seed = 1)
    {
        Engine = new RequestEngine(Turn, Timers, Counters, new SeededRandom(seed), new ExpectedAnswers());
        Queries = new QuerySender(Engine, new Sender(IdOf(0), 0, false));
        Turn.Begin(new Instant(0, 0), Sink);
    }

    public TurnState Turn { get; } = new();

    public TimerQueue Timers { get; } = new();

    public CounterSet Counters { get; } = new();

    public RecordingSink Sink { get; } = new();

    public RequestEngine Engine { get; }

    public QuerySender Queries { get; }

    public List<string> Told { get; } = [];

    public static InfoHash IdOf(byte n)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        bytes.Fill(0x11);
        bytes[0] = n;
        return new InfoHash(bytes);
    }

    public static Contact ContactOf(byte n) => new(IdOf(n), NodeAddress.V4(0x7F000001, (ushort)(5000 + n)));

    public RequestEvents Events(string name = "") => new()
    {
        Replied = (in Message _, IReadOnlyList<ReadOnlyMemory<byte>> _) => Told.Add(name + "replied"),
        Refused = code => Told.Add(name + "refused " + code),
        Slow = () => Told.Add(name + "slow"),
        Expired = () => Told.Add(name + "expired"),
    };

    /// <summary>Moves the clock in steps of one millisecond, so that each timer runs at its own time.</summary>
    public void MoveTo(long ms)
    {
        while (Turn.Ms < ms)
        {
            Turn.Begin(new Instant(Turn.Ms + 1, Turn.Ms + 1), Sink);
            Timers.RunDue(Turn.Ms);
        }
    }

    /// <summary>Hands a pong to the engine.</summary>
    public Request? Answer(in NodeAddress from, in InfoHash id, uint t)
    {
        var buffer = new byte[256];
        int length = ReplyWriter.Pong(buffer, new Sender(id, 0, false), t, NodeAddress.V4(0x7F000001, 1));
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(buffer.AsSpan(0, length), out Message message));
        Request? request = Engine.Match(new Route(from, default), message);
        if (request is not null) RequestEngine.Complete(request, message, null);
        return request;
    }
}
