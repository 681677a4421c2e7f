using System.Buffers.Binary;

namespace Dna.Fast.Wire;

/// <summary>Reads msgpack from a span, from front to back. Allocates nothing and never throws on input.</summary>
/// <remarks>
/// Any width of a type is accepted where its value fits. A method that returns false has set <see cref="Status"/>; the position is then
/// undefined and the reader is to be left. Nesting is counted by the caller, who knows how many maps and arrays it has opened (<c>depth</c>); objects are counted here, at the header that promises them.
/// </remarks>
public ref struct MsgpackReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;
    private int _items;
    private DecodeStatus _status;

    public MsgpackReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>For a file: it may hold so many objects beyond <see cref="WireLimits.ItemsMax"/>.</summary>
    public MsgpackReader(ReadOnlySpan<byte> bytes, int moreItems) : this(bytes) => _items = -moreItems;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _at;

    public readonly int Remaining => _bytes.Length - _at;

    /// <summary>Why the last method returned false.</summary>
    public readonly DecodeStatus Status => _status;

    /// <summary>Kind of the next object.</summary>
    public readonly MsgpackType Next => _at < _bytes.Length ? MsgpackCodes.Type(_bytes[_at]) : MsgpackType.None;

    /// <summary>The bytes from <paramref name="start"/> to the current position.</summary>
    public readonly ReadOnlySpan<byte> Since(int start) => _bytes[start.._at];

    /// <summary>Reads the header of a map of <paramref name="count"/> pairs.</summary>
    public bool TryReadMapHeader(out int count)
    {
        if (_at < _bytes.Length && (_bytes[_at] & 0xf0) == 0x80)
        {
            count = _bytes[_at++] & 0x0f;
            return Charge(2 * count);
        }

        return TryReadWideHeader(0xde, 2, DecodeStatus.NotAMap, out count);
    }

    /// <summary>Reads the header of an array of <paramref name="count"/> elements.</summary>
    public bool TryReadArrayHeader(out int count)
    {
        if (_at < _bytes.Length && (_bytes[_at] & 0xf0) == 0x90)
        {
            count = _bytes[_at++] & 0x0f;
            return Charge(count);
        }

        return TryReadWideHeader(0xdc, 1, DecodeStatus.Malformed, out count);
    }

    /// <summary>Reads a map key of up to 7 bytes as a word of <see cref="WireKeys"/>; 0 for any other key, which is skipped.</summary>
    internal bool TryReadKey(int depth, out ulong key)
    {
        int at = _at;
        if (_bytes.Length - at >= 9)
        {
            // With 8 bytes behind the code, one load holds every key there is.
            uint length = (uint)_bytes[at] - 0xa1;
            if (length < WireKeys.BytesMax)
            {
                int bits = 8 * (int)length + 8;
                key = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(at + 1)..]) & (1UL << bits) - 1 | (ulong)(length + 1) << 56;
                _at = at + 2 + (int)length;
                return true;
            }
        }

        return TryReadOtherKey(depth, out key);
    }

    /// <summary>Reads a string of up to 7 bytes as a word of <see cref="WireKeys"/>; 0 for a longer one.</summary>
    internal bool TryReadWord(out ulong word)
    {
        word = 0;
        if (!TryReadString(out ReadOnlySpan<byte> text)) return false;
        word = WireKeys.WordOf(text);
        return true;
    }

    /// <summary>Reads a non-negative integer of any width, signed encodings included.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        if (_at < _bytes.Length && _bytes[_at] <= 0x7f)
        {
            value = _bytes[_at++];
            return true;
        }

        return TryReadInteger(out value, out bool negative) && (!negative || Fail(DecodeStatus.OutOfRange));
    }

    /// <summary>Reads a non-negative integer of at most <paramref name="max"/>.</summary>
    public bool TryReadUInt(uint max, out uint value)
    {
        bool fits = TryReadUInt64(out ulong wide) && (wide <= max || Fail(DecodeStatus.OutOfRange));
        value = (uint)wide;
        return fits;
    }

    /// <summary>Reads an integer of either sign that fits 64 signed bits.</summary>
    public bool TryReadInt64(out long value)
    {
        bool fits = TryReadInteger(out ulong bits, out bool negative) && (negative || (long)bits >= 0 || Fail(DecodeStatus.OutOfRange));
        value = (long)bits;
        return fits;
    }

    /// <summary>Reads a boolean.</summary>
    public bool TryReadBoolean(out bool value)
    {
        value = false;
        if (_at >= _bytes.Length) return Fail(DecodeStatus.Truncated);
        if ((_bytes[_at] & 0xfe) != 0xc2) return Fail(DecodeStatus.Malformed);
        value = _bytes[_at++] == 0xc3;
        return true;
    }

    /// <summary>Reads a bin; a str is no bin.</summary>
    public bool TryReadBinary(out ReadOnlySpan<byte> data)
    {
        int start = _at + 2;
        if (Remaining < 2 || _bytes[_at] != 0xc4 || _bytes[_at + 1] > Remaining - 2) return TryReadWideBlob(MsgpackType.Binary, out data);
        data = _bytes.Slice(start, _bytes[_at + 1]);
        _at = start + data.Length;
        return true;
    }

    /// <summary>Reads a str, as its bytes; they are not checked to be UTF-8.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> text)
    {
        if (Remaining < 1 || (_bytes[_at] & 0xe0) != 0xa0) return TryReadWideBlob(MsgpackType.String, out text);
        text = default;
        int start = _at + 1;
        if (!Advance(1 + (_bytes[_at] & 0x1f))) return false;
        text = _bytes[start.._at];
        return true;
    }

    /// <summary>Reads a bin or a str: whatever a blob came as.</summary>
    public bool TryReadBlob(out ReadOnlySpan<byte> data) => Next == MsgpackType.String ? TryReadString(out data) : TryReadBinary(out data);

    /// <summary>Reads a bin of exactly 20 bytes.</summary>
    public bool TryReadHash(out InfoHash hash)
    {
        hash = default;
        if (!TryReadBinary(out ReadOnlySpan<byte> data)) return false;
        if (data.Length != InfoHash.Bytes) return Fail(DecodeStatus.Malformed);
        hash = new InfoHash(data);
        return true;
    }

    /// <summary>Walks a map like <see cref="TrySkip"/> and keeps its bytes.</summary>
    internal bool TryReadRawMap(int depth, out ReadOnlySpan<byte> raw)
    {
        raw = default;
        if (Remaining > 0 && Next != MsgpackType.Map) return Fail(DecodeStatus.NotAMap);
        int start = _at;
        if (!TrySkip(depth)) return false;
        raw = Since(start);
        return true;
    }

    /// <summary>Skips one object of any type, <paramref name="depth"/> maps and arrays being open around it.</summary>
    public bool TrySkip(int depth)
    {
        if (_at >= _bytes.Length) return Fail(DecodeStatus.Truncated);
        byte code = _bytes[_at];
        int length = MsgpackCodes.Length(code);
        if (length == 0) return TrySkipLong(code, depth);
        if (length > Remaining) return Fail(DecodeStatus.Truncated);
        _at += length;
        return true;
    }

    /// <summary>Sets <see cref="Status"/>.</summary>
    /// <returns>False, for the caller to return.</returns>
    internal bool Fail(DecodeStatus status)
    {
        _status = status;
        return false;
    }

    /// <summary>Reads a key near the end of the bytes, one in a wider form, or one that is none of ours.</summary>
    private bool TryReadOtherKey(int depth, out ulong key)
    {
        key = 0;
        return Next == MsgpackType.String ? TryReadWord(out key) : TrySkip(depth);
    }

    /// <summary>Skips an object whose length its code alone does not tell.</summary>
    private bool TrySkipLong(byte code, int depth)
    {
        MsgpackType type = MsgpackCodes.Type(code);
        if (type == MsgpackType.Map) return TryReadMapHeader(out int pairs) && TrySkipObjects(2 * pairs, depth);
        if (type == MsgpackType.Array) return TryReadArrayHeader(out int count) && TrySkipObjects(count, depth);
        int width = MsgpackCodes.LengthWidth(code);
        if (width == 0) return Fail(DecodeStatus.Malformed);
        int extension = type == MsgpackType.Other ? 1 : 0;
        return TryPeekLength(width, out long length) && Advance(1 + width + extension + length);
    }

    /// <summary>Skips what is in a container that stands at <paramref name="depth"/>.</summary>
    private bool TrySkipObjects(int count, int depth)
    {
        if (depth >= WireLimits.DepthMax) return Fail(DecodeStatus.TooDeep);
        for (int i = 0; i < count; i++)
        {
            if (!TrySkip(depth + 1)) return false;
        }

        return true;
    }

    private bool TryReadWideHeader(byte first, int objectsPerEntry, DecodeStatus wrongType, out int count)
    {
        count = 0;
        if (_at >= _bytes.Length) return Fail(DecodeStatus.Truncated);
        int wide = _bytes[_at] - first;
        if (wide is not (0 or 1)) return Fail(wrongType);
        int width = 2 << wide;
        if (!TryPeekLength(width, out long promised)) return false;

        // Every object takes a byte at least, so a count beyond the end needs no walk to be refused.
        _at += 1 + width;
        if (promised * objectsPerEntry > Remaining) return Fail(DecodeStatus.Truncated);
        count = (int)promised;
        return Charge(objectsPerEntry * count);
    }

    /// <summary>Reads an integer of any width; <paramref name="value"/> holds its 64 bits, in two's complement when <paramref name="negative"/>.</summary>
    internal bool TryReadInteger(out ulong value, out bool negative)
    {
        value = 0;
        negative = false;
        if (_at >= _bytes.Length) return Fail(DecodeStatus.Truncated);
        byte code = _bytes[_at];
        if (code <= 0x7f || code >= 0xe0)
        {
            _at++;
            value = (ulong)(sbyte)code;
            negative = code >= 0xe0;
            return true;
        }

        if (code is < 0xcc or > 0xd3) return Fail(DecodeStatus.Malformed);
        int width = 1 << (code & 3);
        if (width > Remaining - 1) return Fail(DecodeStatus.Truncated);
        bool signed = code >= 0xd0;
        value = MsgpackCodes.Number(_bytes.Slice(_at + 1, width), signed);
        negative = signed && (long)value < 0;
        _at += 1 + width;
        return true;
    }

    /// <summary>Reads a bin or str with a length of 1, 2 or 4 bytes.</summary>
    private bool TryReadWideBlob(MsgpackType type, out ReadOnlySpan<byte> data)
    {
        data = default;
        if (_at >= _bytes.Length) return Fail(DecodeStatus.Truncated);
        if (Next != type) return Fail(DecodeStatus.Malformed);
        int width = MsgpackCodes.LengthWidth(_bytes[_at]);
        if (!TryPeekLength(width, out long length)) return false;
        int start = _at + 1 + width;
        if (!Advance(1 + width + length)) return false;
        data = _bytes[start.._at];
        return true;
    }

    /// <summary>Reads a length of 1, 2 or 4 bytes behind the code without moving.</summary>
    private bool TryPeekLength(int width, out long length)
    {
        length = 0;
        if (width > Remaining - 1) return Fail(DecodeStatus.Truncated);
        length = (long)MsgpackCodes.Number(_bytes.Slice(_at + 1, width), signed: false);
        return true;
    }

    private bool Advance(long count)
    {
        if (count > Remaining) return Fail(DecodeStatus.Truncated);
        _at += (int)count;
        return true;
    }

    private bool Charge(int objects)
    {
        _items += objects;
        return _items <= WireLimits.ItemsMax || Fail(DecodeStatus.TooManyItems);
    }
}
