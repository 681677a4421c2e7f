using Dna.Fast.Wire;

namespace Dna.Fast.Simulation.Tests.World;

/// <summary>A datagram a scripted peer got.</summary>
/// <param name="Ms">Virtual time.</param>
internal sealed record SimDatagram(long Ms, NodeAddress From, byte[] Bytes);

/// <summary>What happens to one received message. The message is valid during the call only.</summary>
internal delegate void SimScript(in Message message, SimDatagram datagram);

/// <summary>A peer that is no node: it keeps what it gets and answers what its script answers.</summary>
internal sealed class SimPeer(SimNetwork network, NodeAddress address, InfoHash id) : ISimEnd
{
    private readonly byte[] _buffer = new byte[WireLimits.DatagramBytesMax];

    public NodeAddress Address { get; } = address;

    public InfoHash Id { get; } = id;

    public Sender Self => new(Id, 0, false);

    public List<SimDatagram> Received { get; } = [];

    /// <summary>Called with every message that decodes.</summary>
    public SimScript? Script { get; set; }

    public void Deliver(in NodeAddress from, byte[] datagram)
    {
        SimDatagram got = new(network.ElapsedMs, from, datagram);
        Received.Add(got);
        if (Script is not null && MessageReader.Read(datagram, out Message message) == DecodeStatus.Ok) Script(message, got);
    }

    /// <summary>Sends what <paramref name="write"/> writes.</summary>
    public void Send(NodeAddress to, Func<byte[], int> write)
    {
        int bytes = write(_buffer);
        Assert.True(bytes > 0, "the test's datagram does not fit");
        network.Transmit(Address, to, _buffer.AsSpan(0, bytes));
    }

    /// <summary>How many messages of a kind came since <paramref name="sinceMs"/>.</summary>
    public int CountOf(MessageKind kind, long sinceMs = 0) =>
        Received.Count(got => got.Ms >= sinceMs && MessageReader.Read(got.Bytes, out Message message) == DecodeStatus.Ok && message.Kind == kind);
}
