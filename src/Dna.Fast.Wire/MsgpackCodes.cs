namespace Dna.Fast.Wire;

/// <summary>What the first byte of a msgpack object tells. Any thread.</summary>
internal static class MsgpackCodes
{
    /// <summary>Bytes of the whole object by its code less 0x80, 16 codes a row; 0 where they depend on what follows, and for 0xc1, which is no object.</summary>
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

    public static MsgpackType Type(byte code) => code < 0x80 ? MsgpackType.Integer : (MsgpackType)Types[code - 0x80];
}
