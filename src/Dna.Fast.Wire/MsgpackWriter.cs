using System.Buffers.Binary;

namespace Dna.Fast.Wire;

/// <summary>Writes msgpack in shortest form into a span. Allocates nothing.</summary>
/// <remarks>When the span is too small the writer remembers it and <see cref="Length"/> is 0: a caller checks once, at the end.</remarks>
public ref struct MsgpackWriter
{
    private readonly Span<byte> _to;
    private int _at;
    private bool _full;

    public MsgpackWriter(Span<byte> destination) => _to = destination;

    /// <summary>Bytes written; 0 once the span was too small.</summary>
    public readonly int Length => _full ? 0 : _at;

    public void WriteMapHeader(int count) => WriteHeader(count, 0x80, 0xde);

    public void WriteArrayHeader(int count) => WriteHeader(count, 0x90, 0xdc);

    public void WriteUInt(ulong value)
    {
        if (value <= 0x7f)
        {
            Span<byte> one = Take(1);
            if (!one.IsEmpty) one[0] = (byte)value;
            return;
        }

        // Width 1, 2, 4 or 8 bytes behind the codes cc, cd, ce, cf.
        int wide = value <= byte.MaxValue ? 0 : value <= ushort.MaxValue ? 1 : value <= uint.MaxValue ? 2 : 3;
        WriteNumber((byte)(0xcc + wide), value, 1 << wide);
    }

    public void WriteInt(long value)
    {
        if (value >= 0)
        {
            WriteUInt((ulong)value);
            return;
        }

        if (value >= -32)
        {
            Span<byte> one = Take(1);
            if (!one.IsEmpty) one[0] = (byte)value;
            return;
        }

        int wide = value >= sbyte.MinValue ? 0 : value >= short.MinValue ? 1 : value >= int.MinValue ? 2 : 3;
        WriteNumber((byte)(0xd0 + wide), (ulong)value, 1 << wide);
    }

    public void WriteBoolean(bool value)
    {
        Span<byte> one = Take(1);
        if (!one.IsEmpty) one[0] = value ? (byte)0xc3 : (byte)0xc2;
    }

    public void WriteBinary(scoped ReadOnlySpan<byte> data)
    {
        int wide = data.Length <= byte.MaxValue ? 0 : data.Length <= ushort.MaxValue ? 1 : 2;
        WriteNumber((byte)(0xc4 + wide), (ulong)data.Length, 1 << wide);
        WriteRaw(data);
    }

    public void WriteString(scoped ReadOnlySpan<byte> text)
    {
        if (text.Length <= 31)
        {
            Span<byte> one = Take(1);
            if (!one.IsEmpty) one[0] = (byte)(0xa0 | text.Length);
        }
        else
        {
            int wide = text.Length <= byte.MaxValue ? 0 : text.Length <= ushort.MaxValue ? 1 : 2;
            WriteNumber((byte)(0xd9 + wide), (ulong)text.Length, 1 << wide);
        }

        WriteRaw(text);
    }

    /// <summary>Writes a bin of 20 bytes.</summary>
    public void WriteHash(in InfoHash hash)
    {
        Span<byte> room = Take(2 + InfoHash.Bytes);
        if (room.IsEmpty) return;
        room[0] = 0xc4;
        room[1] = InfoHash.Bytes;
        hash.CopyTo(room[2..]);
    }

    /// <summary>Writes bytes that are msgpack already.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> packed)
    {
        if (packed.IsEmpty) return;
        Span<byte> room = Take(packed.Length);
        if (!room.IsEmpty) packed.CopyTo(room);
    }

    /// <summary>Writes a word of <see cref="WireKeys"/> as a str.</summary>
    internal void WriteKey(ulong key)
    {
        int length = (int)(key >> 56);
        ulong bytes = key << 8 | 0xa0 | (uint)length;
        if (_to.Length - _at >= 8)
        {
            // One store of 8 bytes; what it writes behind the key, the next object overwrites or nobody counts.
            BinaryPrimitives.WriteUInt64LittleEndian(_to[_at..], bytes);
            _at += 1 + length;
            return;
        }

        Span<byte> room = Take(1 + length);
        for (int i = 0; i < room.Length; i++) room[i] = (byte)(bytes >> (8 * i));
    }

    private void WriteHeader(int count, byte few, byte first)
    {
        if (count <= 15)
        {
            Span<byte> one = Take(1);
            if (!one.IsEmpty) one[0] = (byte)(few | count);
            return;
        }

        bool wide = count > ushort.MaxValue;
        WriteNumber(wide ? (byte)(first + 1) : first, (ulong)count, wide ? 4 : 2);
    }

    /// <summary>Writes a code and the lowest <paramref name="width"/> bytes of a number, most significant first.</summary>
    private void WriteNumber(byte code, ulong value, int width)
    {
        Span<byte> room = Take(1 + width);
        if (room.IsEmpty) return;
        room[0] = code;
        room = room[1..];
        switch (width)
        {
            case 1: room[0] = (byte)value; break;
            case 2: BinaryPrimitives.WriteUInt16BigEndian(room, (ushort)value); break;
            case 4: BinaryPrimitives.WriteUInt32BigEndian(room, (uint)value); break;
            default: BinaryPrimitives.WriteUInt64BigEndian(room, value); break;
        }
    }

    private Span<byte> Take(int count)
    {
        if (_full || count > _to.Length - _at)
        {
            _full = true;
            return default;
        }

        Span<byte> room = _to.Slice(_at, count);
        _at += count;
        return room;
    }
}
