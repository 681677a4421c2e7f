using System.Buffers.Binary;
using System.Text;

namespace Dna.Fast.Wire.Tests;

/// <summary>Builds msgpack by hand, without the code under test, in any width the format has.</summary>
internal static class Mp
{
    public static byte[] Map(params (object Key, byte[] Value)[] pairs) =>
        [.. Header(0x80, 0xde, pairs.Length), .. pairs.SelectMany(pair => (byte[])[.. KeyOf(pair.Key), .. pair.Value])];

    public static byte[] Array(params byte[][] elements) =>
        [.. Header(0x90, 0xdc, elements.Length), .. elements.SelectMany(element => element)];

    public static byte[] Str(string text) => Str(Encoding.UTF8.GetBytes(text));

    public static byte[] Str(byte[] text) =>
        text.Length <= 31 ? [(byte)(0xa0 | text.Length), .. text] : [0xda, (byte)(text.Length >> 8), (byte)text.Length, .. text];

    /// <summary>A bin with a length of 1, 2 or 4 bytes; 0 takes the shortest.</summary>
    public static byte[] Bin(byte[] data, int width = 0)
    {
        if (width == 0) width = data.Length < 256 ? 1 : data.Length < 65536 ? 2 : 4;
        return [(byte)(width == 1 ? 0xc4 : width == 2 ? 0xc5 : 0xc6), .. Digits((ulong)data.Length, width), .. data];
    }

    public static byte[] Bin(InfoHash hash)
    {
        byte[] bytes = new byte[InfoHash.Bytes];
        hash.CopyTo(bytes);
        return Bin(bytes);
    }

    /// <summary>An unsigned integer of 1, 2, 4 or 8 bytes; 0 takes the shortest.</summary>
    public static byte[] UInt(ulong value, int width = 0)
    {
        if (width == 0 && value < 128) return [(byte)value];
        if (width == 0) width = value <= byte.MaxValue ? 1 : value <= ushort.MaxValue ? 2 : value <= uint.MaxValue ? 4 : 8;
        return [(byte)(width switch { 1 => 0xcc, 2 => 0xcd, 4 => 0xce, _ => 0xcf }), .. Digits(value, width)];
    }

    /// <summary>A signed integer of 1, 2, 4 or 8 bytes.</summary>
    public static byte[] Int(long value, int width) =>
        [(byte)(width switch { 1 => 0xd0, 2 => 0xd1, 4 => 0xd2, _ => 0xd3 }), .. Digits((ulong)value, width)];

    public static byte[] Bool(bool value) => [value ? (byte)0xc3 : (byte)0xc2];

    /// <summary>Arrays in arrays, <paramref name="depth"/> of them.</summary>
    public static byte[] Nest(int depth) => [.. Enumerable.Repeat((byte)0x91, depth - 1), 0x90];

    private static byte[] KeyOf(object key) => key switch
    {
        string text => Str(text),
        int number => UInt((ulong)number),
        _ => (byte[])key,
    };

    private static byte[] Header(byte few, byte wide, int count) =>
        count < 16 ? [(byte)(few | count)] : [wide, (byte)(count >> 8), (byte)count];

    private static byte[] Digits(ulong value, int width)
    {
        byte[] digits = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(digits, value);
        return digits[(8 - width)..];
    }
}
