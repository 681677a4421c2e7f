namespace Dna.Fast.Wire;

/// <summary>Bounds of reassembly.</summary>
/// <param name="OpenMax">Open reassemblies at once, of all sources.</param>
/// <param name="OpenPerSourceMax">Open reassemblies at once of one source.</param>
/// <param name="BytesMax">Bytes promised by open headers plus early fragments held, of all sources, with their bookkeeping.</param>
/// <param name="BytesPerSourceMax">The same of one source. The default holds 60 of the largest values.</param>
/// <remarks>
/// A source is an IPv4 address or an IPv6 /64 network, whatever the port: what one stranger has for nothing. On the loopback interface, where
/// nobody is a stranger and a whole network may live, a source is address and port.
/// </remarks>
public sealed record ReassemblyLimits(
    int OpenMax = 1024, int OpenPerSourceMax = 64, long BytesMax = 16 << 20, long BytesPerSourceMax = 4 << 20);
