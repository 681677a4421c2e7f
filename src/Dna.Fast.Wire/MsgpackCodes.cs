using System.Buffers.Binary;

namespace Dna.Fast.Wire;

/// <summary>What the first byte of a msgpack object tells. Any thread.</summary>
internal static class MsgpackCodes
{
    /// <summary>
    /// Bytes of the whole object by its code less 0x80, 16 codes a row; 0 where they depend on what follows, and for 0xc1, which is no
    /// object.
    /// </summary>
    private static ReadOnlySpan<byte> Lengths =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
        17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
        1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 5, 9, 2, 3, 5, 9,
        2, 3, 5, 9, 3, 4, 6, 10, 18, 0, 0, 0, 0, 0, 0, 0,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ];

    /// <summary><see cref="MsgpackType"/> by code less 0x80, 16 codes a row.</summary>
    private static ReadOnlySpan<byte> Types =>
    [
        5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
        4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        6, 0, 6, 6, 3, 3, 3, 6, 6, 6, 6, 6, 1, 1, 1, 1,
        1, 1, 1, 1, 6, 6, 6, 6, 6, 2, 2, 2, 4, 4, 5, 5,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ];

    /// <summary>Bytes of the object, its code included; 0 when more bytes must be read to know.</summary>
    public static int Length(byte code) => code < 0x80 ? 1 : Lengths[code - 0x80];

    /// <summary>Bytes of the length behind the code of a bin, a long str or an extension of any length; 0 for other codes.</summary>
    public static int LengthWidth(byte code) => code switch
    {
        0xc4 or 0xc7 or 0xd9 => 1,
        0xc5 or 0xc8 or 0xda => 2,
        0xc6 or 0xc9 or 0xdb => 4,
        _ => 0,
    };

    /// <summary>A big-endian number of 1, 2, 4 or 8 bytes; a signed one is extended to 64 bits.</summary>
    public static ulong Number(ReadOnlySpan<byte> digits, bool signed) => digits.Length switch
    {
        1 => signed ? (ulong)(sbyte)digits[0] : digits[0],
        2 => signed ? (ulong)BinaryPrimitives.ReadInt16BigEndian(digits) : BinaryPrimitives.ReadUInt16BigEndian(digits),
        4 => signed ? (ulong)BinaryPrimitives.ReadInt32BigEndian(digits) : BinaryPrimitives.ReadUInt32BigEndian(digits),
        _ => BinaryPrimitives.ReadUInt64BigEndian(digits),
    };

    public static MsgpackType Type(byte code) => code < 0x80 ? MsgpackType.Integer : (MsgpackType)Types[code - 0x80];
}
