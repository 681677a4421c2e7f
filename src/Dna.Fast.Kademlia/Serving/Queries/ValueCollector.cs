using Dna.Fast.Kademlia.Store;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Gathers the packed values that pass a query, back to back, within the bounds of a reply. One thread; its memory grows once and stays.</summary>
/// <param name="bytesMax">Packed bytes it takes at most.</param>
internal sealed class ValueCollector(int bytesMax = ServingLimits.BytesPerReplyMax) : IValueVisitor
{
    private readonly byte[] _query = new byte[ServingLimits.QueryBytesMax];
    private byte[] _packed = new byte[4096];
    private int[] _sizes = new int[64];
    private int _queryBytes;
    private int _bytes;

    /// <summary>The values, back to back.</summary>
    public ReadOnlySpan<byte> Packed => _packed.AsSpan(0, _bytes);

    public ReadOnlySpan<int> Sizes => _sizes.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Values the store read, whether they passed or not.</summary>
    public int Visited { get; private set; }

    /// <summary>True when a bound left values out.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Expiry of the value visited last.</summary>
    public long LastExpiresUnixMs { get; private set; }

    /// <summary>Starts anew.</summary>
    /// <param name="query">A raw query map that was read before, at most <see cref="ServingLimits.QueryBytesMax"/> bytes; empty: every value passes.</param>
    public void Begin(ReadOnlySpan<byte> query)
    {
        query.CopyTo(_query);
        _queryBytes = query.Length;
        _bytes = Count = Visited = 0;
        IsCut = false;
    }

    /// <inheritdoc />
    public bool Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        Visited++;
        LastExpiresUnixMs = slot.ExpiresUnixMs;
        if (_queryBytes > 0 && !QueryFilter.Matches(_query.AsSpan(0, _queryBytes), packed)) return true;
        if (Count == ServingLimits.ValuesPerReplyMax || _bytes + packed.Length > bytesMax)
        {
            IsCut = true;
            return false;
        }

        Append(packed);
        return true;
    }

    /// <summary>Adds a value without asking the query.</summary>
    public void Append(ReadOnlySpan<byte> packed)
    {
        if (Count == _sizes.Length) Array.Resize(ref _sizes, 2 * Count);
        if (_bytes + packed.Length > _packed.Length) Array.Resize(ref _packed, Math.Max(2 * _packed.Length, _bytes + packed.Length));
        packed.CopyTo(_packed.AsSpan(_bytes));
        _sizes[Count++] = packed.Length;
        _bytes += packed.Length;
    }
}
