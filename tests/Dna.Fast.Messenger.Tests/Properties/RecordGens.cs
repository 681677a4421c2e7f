using System.Text;
using CsCheck;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger.Tests.Properties;

/// <summary>Parts of records by chance: everything a format allows, and the ends of its ranges more often than their middle.</summary>
internal static class RecordGens
{
    public static Gen<ulong> Number { get; } = Gen.OneOf(Gen.Const(0UL), Gen.Const(1UL), Gen.Const((ulong)long.MaxValue), Gen.Const(ulong.MaxValue), Gen.ULong);

    public static Gen<uint> VersionNumber { get; } = Gen.OneOf(Gen.Const(0U), Gen.Const(uint.MaxValue), Gen.UInt);

    public static Gen<string> Fingerprint { get; } = Gen.Byte.Array[64].Select(Convert.ToHexStringLower);

    public static Gen<IUserKeys> User { get; } = Gen.Int[1, 4].Select(number => (IUserKeys)Users.Fast((byte)number));

    /// <summary>Any Unicode text of so many bytes at most, controls, quotes and slashes among it; no zero, which ends a text in a field of fixed size.</summary>
    public static Gen<string> Text(int bytesMax, int bytesMin = 0) => Gen.OneOf(Any(bytesMax), Full(bytesMax)).Where(text => Encoding.UTF8.GetByteCount(text) >= bytesMin);

    /// <summary>Text without what the original cannot print unescaped.</summary>
    public static Gen<string> PlainText(int bytesMax, int bytesMin = 0) =>
        Text(bytesMax).Select(text => string.Concat(text.Where(character => character is not ('"' or '\\') && !char.IsControl(character)))).Where(text => Encoding.UTF8.GetByteCount(text) >= bytesMin);

    public static Gen<byte[]> Bytes(int max, int min = 0) => Gen.Byte.Array[min, max];

    public static Gen<T> OneOf<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(at => items[at]);

    private static Gen<string> Any(int bytesMax) => Gen.OneOf(Gen.Int[1, 0x7F], Gen.Int[0x80, 0x7FF], Gen.Int[0x800, 0xD7FF], Gen.Int[0xE000, 0x10FFFF], OneOf('"', '\\', '/', '\n', 0x1F, 0xFFFD))
        .Array[0, 40].Select(codes => Fit(string.Concat(codes.Select(code => new Rune(code).ToString())), bytesMax));

    private static Gen<string> Full(int bytesMax) => OneOf("x", "ä", "€", "😀", "/").Select(piece => Fit(string.Concat(Enumerable.Repeat(piece, bytesMax)), bytesMax));

    private static string Fit(string text, int bytesMax)
    {
        var fitting = new StringBuilder();
        int bytes = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > bytesMax) break;
            fitting.Append(rune.ToString());
        }

        return fitting.ToString();
    }
}
