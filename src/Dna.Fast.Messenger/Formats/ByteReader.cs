using System.Buffers.Binary;

namespace Dna.Fast.Messenger;

/// <summary>Reads big-endian fields off a record; each step says whether the bytes were there. Never throws.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Bytes not yet read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public bool TryBytes(uint count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count > (uint)_rest.Length) return false;
        bytes = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return true;
    }

    public bool TryByte(out byte value)
    {
        bool isThere = TryBytes(sizeof(byte), out ReadOnlySpan<byte> bytes);
        value = isThere ? bytes[0] : default;
        return isThere;
    }

    public bool TryUInt16(out ushort value)
    {
        bool isThere = TryBytes(sizeof(ushort), out ReadOnlySpan<byte> bytes);
        value = isThere ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : default;
        return isThere;
    }

    public bool TryUInt32(out uint value)
    {
        bool isThere = TryBytes(sizeof(uint), out ReadOnlySpan<byte> bytes);
        value = isThere ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : default;
        return isThere;
    }

    public bool TryUInt64(out ulong value)
    {
        bool isThere = TryBytes(sizeof(ulong), out ReadOnlySpan<byte> bytes);
        value = isThere ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : default;
        return isThere;
    }

    /// <summary>Reads a field of fixed size that holds UTF-8 up to its first zero byte.</summary>
    /// <returns>False when the bytes are not there or no zero is among them.</returns>
    public bool TryFixedText(int size, out string text)
    {
        text = "";
        if (!TryBytes((uint)size, out ReadOnlySpan<byte> field)) return false;
        int end = field.IndexOf((byte)0);
        if (end < 0) return false;
        text = System.Text.Encoding.UTF8.GetString(field[..end]);
        return true;
    }
}
