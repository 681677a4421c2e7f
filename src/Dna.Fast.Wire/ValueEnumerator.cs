namespace Dna.Fast.Wire;

/// <summary>Walks <see cref="Message.Values"/>.</summary>
/// <remarks>An element that is neither a map nor an integer comes as an inline one: <see cref="ValueReader"/> refuses it alone.</remarks>
public ref struct ValueEnumerator
{
    private MsgpackReader _reader;
    private ReadOnlySpan<byte> _packed;
    private long _size;
    private int _left;

    public ValueEnumerator(ReadOnlySpan<byte> values, int count)
    {
        _reader = new MsgpackReader(values);
        _left = count;
    }

    /// <summary>True when the current element is a size and its bytes travel in fragments.</summary>
    public readonly bool IsSize => _packed.IsEmpty;

    /// <summary>The size, in bytes.</summary>
    public readonly long Size => _size;

    /// <summary>The packed value of an inline element, exactly.</summary>
    public readonly ReadOnlySpan<byte> Packed => _packed;

    public bool MoveNext()
    {
        _packed = default;
        _size = 0;
        if (_left <= 0) return false;
        _left--;
        if (_reader.Next == MsgpackType.Integer)
        {
            if (!_reader.TryReadInteger(out ulong size, out bool negative)) return false;

            // A size no value can have; as a positive number it is skipped like every other size over the limit.
            _size = negative || size > long.MaxValue ? long.MaxValue : (long)size;
            return true;
        }

        int start = _reader.Position;
        if (!_reader.TrySkip(0)) return false;
        _packed = _reader.Since(start);
        return true;
    }
}
