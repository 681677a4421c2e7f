using System.Buffers.Binary;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Workload;

/// <summary>
/// Values whose every byte follows from (key number, value id), so that an answer can be checked without remembering what was put. Any
/// thread.
/// </summary>
/// <remarks>
/// All values of a size share one packed form; only the id and the first bytes of the data (a mix of key number and id) differ:
/// <code>
/// { "id": cf id(8), "dat": { "body": { "type", "data": head(0..8) pattern(...) } } }
/// </code>
/// </remarks>
internal sealed class ValueShape
{
    /// <summary>Ids have their top bit set, so each takes 9 bytes on the wire and templates keep their length.</summary>
    public const ulong IdFlag = 1UL << 63;

    private const int HeadBytesMax = 8;
    private const ulong IdMarker = 0xF1D2_C3B4_A596_8778, HeadMarker = 0xE7D6_C5B4_A392_8171;

    private readonly byte[] _packed;
    private readonly ushort _type;

    /// <param name="dataBytes">Length of the data, 0 to 65,400.</param>
    /// <param name="type">Value type.</param>
    public ValueShape(int dataBytes, ushort type)
    {
        _type = type;
        DataBytes = dataBytes;
        HeadBytes = Math.Min(dataBytes, HeadBytesMax);
        byte[] data = new byte[dataBytes];
        for (int i = 0; i < dataBytes; i++) data[i] = (byte)SplitMix.Mix((ulong)i);
        Span<byte> marker = stackalloc byte[HeadBytesMax];
        BinaryPrimitives.WriteUInt64BigEndian(marker, HeadMarker);
        marker[..HeadBytes].CopyTo(data);
        DecodeStatus status = new ValueBuilder { Id = IdMarker, Type = type, Data = data }.Pack(out _packed);
        if (status != DecodeStatus.Ok) throw new ArgumentOutOfRangeException(nameof(dataBytes), "no node stores a value of this size");
        HeadOffset = _packed.Length - dataBytes;
        BinaryPrimitives.WriteUInt64BigEndian(marker, IdMarker);
        IdOffset = _packed.AsSpan().IndexOf(marker);
    }

    public int DataBytes { get; }

    /// <summary>Length of the packed value.</summary>
    public int PackedBytes => _packed.Length;

    /// <summary>Where the id (8 bytes, big endian) lies in the packed value.</summary>
    public int IdOffset { get; }

    /// <summary>Where the head (<see cref="HeadBytes"/> bytes) lies in the packed value.</summary>
    public int HeadOffset { get; }

    /// <summary>Bytes of data that depend on key and id, 0 to 8.</summary>
    public int HeadBytes { get; }

    /// <summary>The packed value with placeholders for id and head.</summary>
    public ReadOnlySpan<byte> Template => _packed;

    /// <summary>The id of value <paramref name="number"/> under any key.</summary>
    public static ulong IdOf(ulong number) => number | IdFlag;

    /// <summary>What the head of the value is, as a big-endian number of which the first <see cref="HeadBytes"/> bytes count.</summary>
    public static ulong Head(uint key, ulong id) => SplitMix.Mix(id + SplitMix.Mix(key));

    /// <summary>True when <paramref name="part"/> is what the packed value holds from <paramref name="offset"/> on.</summary>
    public bool Matches(ReadOnlySpan<byte> part, int offset, uint key, ulong id)
    {
        if (part.Length > _packed.Length - offset) return false;
        Span<byte> number = stackalloc byte[HeadBytesMax];
        BinaryPrimitives.WriteUInt64BigEndian(number, id);
        if (!Check(part, offset, IdOffset, number)) return false;
        BinaryPrimitives.WriteUInt64BigEndian(number, Head(key, id));
        return Check(part, offset, HeadOffset, number[..HeadBytes])
            && Equal(part, offset, 0, IdOffset)
            && Equal(part, offset, IdOffset + sizeof(ulong), HeadOffset)
            && Equal(part, offset, HeadOffset + HeadBytes, _packed.Length);
    }

    /// <summary>True when an inline value is the expected one, whatever the order of its keys on the wire.</summary>
    public bool IsSame(ReadOnlySpan<byte> packed, uint key, ulong id)
    {
        if (packed.Length == _packed.Length && Matches(packed, 0, key, id)) return true;
        if (ValueReader.Read(packed, out ValueView value, out _) != DecodeStatus.Ok) return false;
        if (value.Id != id || value.Type != _type || value.Data.Length != DataBytes) return false;
        Span<byte> head = stackalloc byte[HeadBytesMax];
        BinaryPrimitives.WriteUInt64BigEndian(head, Head(key, id));
        return value.Data[..HeadBytes].SequenceEqual(head[..HeadBytes])
            && value.Data[HeadBytes..].SequenceEqual(_packed.AsSpan(HeadOffset + HeadBytes));
    }

    // Compares the bytes from..to of the packed form, as far as the part covers them.
    private bool Equal(ReadOnlySpan<byte> part, int offset, int from, int to)
    {
        from = Math.Max(from, offset);
        to = Math.Min(to, offset + part.Length);
        return from >= to || part[(from - offset)..(to - offset)].SequenceEqual(_packed.AsSpan(from, to - from));
    }

    private static bool Check(ReadOnlySpan<byte> part, int offset, int at, ReadOnlySpan<byte> expected)
    {
        int from = Math.Max(at, offset), to = Math.Min(at + expected.Length, offset + part.Length);
        return from >= to || part[(from - offset)..(to - offset)].SequenceEqual(expected[(from - at)..(to - at)]);
    }
}
