using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Guard;

/// <summary>Addresses the operator wants nothing to do with. Immutable; any thread; a look-up takes logarithmic time and allocates nothing.</summary>
public sealed class BlockedRanges
{
    // Ranges that neither overlap nor touch, ascending: the last one that begins at or below an address is the only one that can hold it.
    private readonly UInt128[] _first4, _last4, _first6, _last6;

    public BlockedRanges(IReadOnlyList<AddressPrefix> prefixes)
    {
        Prefixes = prefixes;
        (_first4, _last4) = Merge(prefixes, IpFamily.V4);
        (_first6, _last6) = Merge(prefixes, IpFamily.V6);
    }

    public static BlockedRanges None { get; } = new([]);

    /// <summary>As they were given.</summary>
    public IReadOnlyList<AddressPrefix> Prefixes { get; }

    public bool Contains(in NodeAddress address)
    {
        UInt128[] first = address.IsV4 ? _first4 : _first6;
        if (first.Length == 0) return false;
        UInt128 number = AddressPrefix.NumberOf(address);
        int at = first.AsSpan().BinarySearch(number);
        if (at < 0) at = ~at - 1;
        return at >= 0 && number <= (address.IsV4 ? _last4 : _last6)[at];
    }

    private static (UInt128[] First, UInt128[] Last) Merge(IReadOnlyList<AddressPrefix> prefixes, IpFamily family)
    {
        var first = new List<UInt128>();
        var last = new List<UInt128>();
        foreach (AddressPrefix prefix in prefixes.Where(prefix => prefix.Family == family).OrderBy(prefix => prefix.First))
        {
            // Compared by the difference, for the highest address has no next one.
            if (first.Count > 0 && (prefix.First <= last[^1] || prefix.First - last[^1] == 1))
            {
                last[^1] = UInt128.Max(last[^1], prefix.Last);
                continue;
            }

            first.Add(prefix.First);
            last.Add(prefix.Last);
        }

        return ([.. first], [.. last]);
    }
}
