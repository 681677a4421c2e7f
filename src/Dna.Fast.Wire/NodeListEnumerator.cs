using System.Buffers.Binary;

namespace Dna.Fast.Wire;

/// <summary>
/// Walks <see cref="Message.Nodes4"/> or <see cref="Message.Nodes6"/>: at most twice the entries a well-behaved peer sends.
/// </summary>
public ref struct NodeListEnumerator
{
    private const int EntriesMax = 2 * WireLimits.NodesMax;

    private readonly IpFamily _family;
    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _entry;

    public NodeListEnumerator(ReadOnlySpan<byte> list, IpFamily family)
    {
        _family = family;
        _rest = list[..Math.Min(list.Length, EntriesMax * EntryBytes(family))];
    }

    public readonly InfoHash Id => new(_entry);

    /// <summary>The address; of the list's family unless it is an IPv4 address mapped into IPv6.</summary>
    public readonly NodeAddress Address =>
        NodeAddress.From(_entry[InfoHash.Bytes..^2], BinaryPrimitives.ReadUInt16BigEndian(_entry[^2..]));

    public bool MoveNext()
    {
        int length = EntryBytes(_family);
        if (_rest.Length < length) return false;
        _entry = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    private static int EntryBytes(IpFamily family) => family == IpFamily.V4 ? WireLimits.Node4Bytes : WireLimits.Node6Bytes;
}
