using Dna.Fast.LoadGen.Sockets;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>One socket of the generator: to the node under load, a node of its own with an id and a token. One thread at a time.</summary>
internal sealed class Source : IDisposable
{
    private readonly ValueSizes _sizes;
    private readonly long _created;
    private byte[] _token = [];

    /// <param name="created">Creation time sent with puts, seconds since 1970 UTC.</param>
    public Source(uint index, UdpSocket socket, in Sender self, InFlightTable inFlight, ValueSizes sizes, long created)
    {
        Index = index;
        Socket = socket;
        Self = self;
        InFlight = inFlight;
        _sizes = sizes;
        _created = created;
        Templates = new SourceTemplates(self, sizes, default, created);
    }

    public uint Index { get; }

    public UdpSocket Socket { get; }

    /// <summary>Id, network and client flag in what it sends.</summary>
    public Sender Self { get; private set; }

    public InFlightTable InFlight { get; private set; }

    public SourceTemplates Templates { get; private set; }

    /// <summary>Empty until the node gave one.</summary>
    public ReadOnlySpan<byte> Token => _token;

    /// <summary>True after a refusal (401): the next request asks for a new token.</summary>
    public bool NeedsToken { get; set; }

    /// <summary>Takes the token of an answer; the usual case, the same as before, costs a comparison.</summary>
    public void UseToken(ReadOnlySpan<byte> token)
    {
        if (token.SequenceEqual(_token) || token.Length > WireLimits.TokenBytesMax) return;
        _token = token.ToArray();
        Templates = new SourceTemplates(Self, _sizes, _token, _created);
    }

    /// <summary>Becomes another node: its id, once the id of the node under load is known, has to be far from all keys.</summary>
    public void Become(in Sender self)
    {
        Self = self;
        Templates = new SourceTemplates(self, _sizes, _token, _created);
    }

    /// <summary>Another number of open requests. Requires that none is open.</summary>
    public void Resize(int capacity, SplitMix random)
    {
        if (InFlight.Used > 0) throw new InvalidOperationException("requests are open");
        if (capacity != InFlight.Capacity) InFlight = new InFlightTable(capacity, random);
    }

    public void Dispose() => Socket.Dispose();
}
