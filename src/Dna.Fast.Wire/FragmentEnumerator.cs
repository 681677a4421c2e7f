namespace Dna.Fast.Wire;

/// <summary>Walks <see cref="Message.Fragments"/>: index of the value, offset of the bytes in it, the bytes.</summary>
/// <remarks>
/// Reads <c>{ uint index: { "o": uint, "d": bin } }</c>. An entry of another shape, or with numbers no value can have, is passed over.
/// </remarks>
public ref struct FragmentEnumerator
{
    /// <summary>Containers open while an entry is read: the datagram, the map of fragments.</summary>
    private const int Depth = 2;

    private MsgpackReader _reader;
    private ReadOnlySpan<byte> _data;
    private int _index;
    private int _offset;
    private int _left;

    public FragmentEnumerator(ReadOnlySpan<byte> fragments)
    {
        _reader = new MsgpackReader(fragments);
        if (!_reader.TryReadMapHeader(out _left)) _left = 0;
    }

    /// <summary>Position in the list of values, 0 to <see cref="WireLimits.ItemsMax"/>.</summary>
    public readonly int Index => _index;

    /// <summary>In bytes, 0 to <see cref="WireLimits.ValueBytesMax"/>.</summary>
    public readonly int Offset => _offset;

    public readonly ReadOnlySpan<byte> Data => _data;

    public bool MoveNext()
    {
        while (_left > 0)
        {
            _left--;
            if (!TryReadEntry(out bool usable)) return false;
            if (usable) return true;
        }

        return false;
    }

    /// <summary>Reads one pair of the map.</summary>
    /// <returns>False when the bytes cannot be walked any further.</returns>
    private bool TryReadEntry(out bool usable)
    {
        usable = false;
        if (_reader.Next != MsgpackType.Integer) return _reader.TrySkip(Depth) && _reader.TrySkip(Depth);
        if (!_reader.TryReadInteger(out ulong index, out bool negative)) return false;
        if (_reader.Next != MsgpackType.Map) return _reader.TrySkip(Depth);
        if (!_reader.TryReadMapHeader(out int pairs)) return false;

        bool hasOffset = false, hasData = false;
        ulong offset = 0;
        for (int i = 0; i < pairs; i++)
        {
            if (!_reader.TryReadKey(Depth + 1, out ulong key)) return false;
            if (key == WireKeys.O && _reader.Next == MsgpackType.Integer)
            {
                if (!_reader.TryReadInteger(out offset, out bool before)) return false;
                hasOffset = !before && offset <= WireLimits.ValueBytesMax;
            }
            else if (key == WireKeys.D && _reader.Next is MsgpackType.Binary or MsgpackType.String)
            {
                hasData = _reader.TryReadBlob(out _data);
                if (!hasData) return false;
            }
            else if (!_reader.TrySkip(Depth + 1))
            {
                return false;
            }
        }

        usable = hasOffset && hasData && !negative && index < WireLimits.ItemsMax;
        _index = (int)Math.Min(index, int.MaxValue);
        _offset = (int)Math.Min(offset, int.MaxValue);
        return true;
    }
}
