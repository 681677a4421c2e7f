using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>Our address as others report it in <c>sa</c>, counted (section 2). Owner thread only.</summary>
internal sealed class ReportedAddresses
{
    /// <summary>Addresses kept (section 2): the least reported gives way.</summary>
    private const int Max = 32;

    private readonly Dictionary<NodeAddress, int> _counts = [];

    /// <summary>The address reported most, port 0; <c>default</c> without a report.</summary>
    public NodeAddress Best => _counts.Count == 0 ? default : _counts.MaxBy(c => c.Value).Key;

    public void Note(ReadOnlySpan<byte> address)
    {
        if (address.Length is not (4 or 16)) return;
        NodeAddress reported = NodeAddress.From(address, 0);
        if (!_counts.ContainsKey(reported) && _counts.Count >= Max) _counts.Remove(_counts.MinBy(c => c.Value).Key);
        _counts[reported] = _counts.GetValueOrDefault(reported) + 1;
    }

    public void Clear() => _counts.Clear();
}
