using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Dna.Fast.Wire;

/// <summary>A 160-bit identifier: of a node, of a key, of a public key.</summary>
/// <remarks>
/// 20 bytes on the wire, most significant byte first. Distance is XOR read as a big-endian number (wire specification, section 1.3).
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct InfoHash : IEquatable<InfoHash>, IComparable<InfoHash>
{
    /// <summary>Length on the wire, in bytes.</summary>
    public const int Bytes = 20;

    /// <summary>Length of the distance, in bits.</summary>
    public const int Bits = 160;

    private readonly ulong _high;
    private readonly ulong _middle;
    private readonly uint _low;

    private InfoHash(ulong high, ulong middle, uint low)
    {
        _high = high;
        _middle = middle;
        _low = low;
    }

    /// <summary>Reads the first 20 bytes of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 20 bytes.</exception>
    public InfoHash(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, Bytes, nameof(bytes));
        _high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _middle = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _low = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>All bits zero: the id no node may have and no key may be.</summary>
    public static InfoHash Zero => default;

    /// <summary>The first 64 bits as a number: enough to tell most distances apart, at the price of one XOR.</summary>
    public ulong Prefix => _high;

    public bool IsZero => (_high | _middle | _low) == 0;

    /// <summary>Writes 20 bytes, most significant first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 20 bytes of room.</exception>
    public void CopyTo(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Bytes, nameof(destination));
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _middle);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _low);
    }

    /// <summary>The XOR distance between two ids, itself an id.</summary>
    public static InfoHash operator ^(in InfoHash left, in InfoHash right) =>
        new(left._high ^ right._high, left._middle ^ right._middle, left._low ^ right._low);

    /// <summary>
    /// Which of two ids is nearer to this one: negative for <paramref name="first"/>, positive for <paramref name="second"/>, 0 when equal.
    /// </summary>
    public int CompareDistance(in InfoHash first, in InfoHash second)
    {
        ulong a = first._high ^ _high, b = second._high ^ _high;
        if (a == b)
        {
            a = first._middle ^ _middle;
            b = second._middle ^ _middle;
            if (a == b)
            {
                a = first._low ^ _low;
                b = second._low ^ _low;
            }
        }

        return a.CompareTo(b);
    }

    /// <summary>Number of leading bits both ids share, 0 to 160.</summary>
    public int CommonPrefixBits(in InfoHash other)
    {
        ulong high = _high ^ other._high;
        if (high != 0) return BitOperations.LeadingZeroCount(high);
        ulong middle = _middle ^ other._middle;
        if (middle != 0) return 64 + BitOperations.LeadingZeroCount(middle);
        return 128 + BitOperations.LeadingZeroCount(_low ^ other._low);
    }

    /// <summary>Bit <paramref name="index"/>, counted from the most significant (0) to the least (159).</summary>
    public bool Bit(int index) => index switch
    {
        < 64 => (_high >> (63 - index) & 1) != 0,
        < 128 => (_middle >> (127 - index) & 1) != 0,
        _ => (_low >> (159 - index) & 1) != 0,
    };

    /// <summary>This id with bit <paramref name="index"/> (0 = most significant) set to <paramref name="value"/>.</summary>
    public InfoHash WithBit(int index, bool value)
    {
        if (Bit(index) == value) return this;
        return index switch
        {
            < 64 => new InfoHash(_high ^ 1UL << (63 - index), _middle, _low),
            < 128 => new InfoHash(_high, _middle ^ 1UL << (127 - index), _low),
            _ => new InfoHash(_high, _middle, _low ^ 1U << (159 - index)),
        };
    }

    /// <summary>SHA-1 of <paramref name="data"/>.</summary>
    public static InfoHash Of(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[Bytes];
        SHA1.HashData(data, digest);
        return new InfoHash(digest);
    }

    /// <summary>
    /// What a person means by a key: 40 hexadecimal digits as they are, any other text by its SHA-1 (UTF-8), as stock tools do.
    /// </summary>
    public static InfoHash OfKey(string text) => TryParse(text, out InfoHash hash) ? hash : Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads exactly 40 hexadecimal digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out InfoHash hash)
    {
        hash = default;
        if (text.Length != 2 * Bytes) return false;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        hash = new InfoHash(bytes);
        return true;
    }

    public bool Equals(InfoHash other) => _high == other._high && _middle == other._middle && _low == other._low;

    public override bool Equals(object? obj) => obj is InfoHash other && Equals(other);

    // Ids are uniformly random or hashes; but a stranger chooses them, so dictionaries that a stranger can fill must be bounded anyway.
    public override int GetHashCode() => HashCode.Combine(_high, _middle, _low);

    public int CompareTo(InfoHash other)
    {
        int order = _high.CompareTo(other._high);
        if (order != 0) return order;
        order = _middle.CompareTo(other._middle);
        return order != 0 ? order : _low.CompareTo(other._low);
    }

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    public static bool operator ==(in InfoHash left, in InfoHash right) => left.Equals(right);

    public static bool operator !=(in InfoHash left, in InfoHash right) => !left.Equals(right);

    public static bool operator <(InfoHash left, InfoHash right) => left.CompareTo(right) < 0;

    public static bool operator >(InfoHash left, InfoHash right) => left.CompareTo(right) > 0;

    public static bool operator <=(InfoHash left, InfoHash right) => left.CompareTo(right) <= 0;

    public static bool operator >=(InfoHash left, InfoHash right) => left.CompareTo(right) >= 0;
}
