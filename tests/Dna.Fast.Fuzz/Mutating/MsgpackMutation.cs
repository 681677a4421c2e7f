using System.Buffers.Binary;

namespace Dna.Fast.Fuzz.Mutating;

/// <summary>Changes msgpack by its elements: another element in its place, an element twice or gone, another length in front.</summary>
/// <remarks>Reads msgpack with code of its own, so that a mistake of the product's reader cannot hide from it.</remarks>
internal static class MsgpackMutation
{
    private const int DepthMax = 32;

    private static readonly byte[][] Elements =
    [
        [0xC0], [0xC2], [0xC3], [0x00], [0xFF], [0xCC, 0xFF], [0xCD, 0xFF, 0xFF], [0xCE, 0xFF, 0xFF, 0xFF, 0xFF], [0xCF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0], [0xCB, 0x7F, 0xF0, 0, 0, 0, 0, 0, 0], [0x80], [0x90], [0xA0], [0xC4, 0x00], [0xC6, 0xFF, 0xFF, 0xFF, 0xFF], [0xDB, 0x7F, 0xFF, 0xFF, 0xFF],
        [0xDD, 0xFF, 0xFF, 0xFF, 0xFF], [0xDF, 0xFF, 0xFF, 0xFF, 0xFF], [0xDE, 0xFF, 0xFF], [0xDC, 0xFF, 0xFF], [0xC1], [0xD4, 0x01, 0x02], [0xC7, 0x02, 0x01, 0, 0],
        [.. Enumerable.Repeat((byte)0x91, 200), 0xC0], [.. Enumerable.Repeat((byte)0x81, 64)],
    ];

    /// <returns>Null when no element can be found.</returns>
    public static byte[]? Change(byte[] input, byte[] other, Random random)
    {
        List<Range> elements = Find(input), others = Find(other);
        if (elements.Count == 0 || others.Count == 0) return null;
        (int start, int length) = elements[random.Next(elements.Count)].GetOffsetAndLength(input.Length);
        ReadOnlySpan<byte> before = input.AsSpan(0, start), element = input.AsSpan(start, length), after = input.AsSpan(start + length);
        return random.Next(5) switch
        {
            0 => [.. before, .. Elements[random.Next(Elements.Length)], .. after],
            1 => [.. before, .. other.AsSpan(others[random.Next(others.Count)]), .. after],
            2 => [.. before, .. element, .. element, .. after],
            3 => [.. before, .. after],
            _ => [.. before, .. Shifted(element, random), .. after],
        };
    }

    // One more or one less: a length, a count or a small number.
    private static byte[] Shifted(ReadOnlySpan<byte> element, Random random)
    {
        byte[] changed = element.ToArray();
        int at = changed[0] >= 0xC4 && changed[0] < 0xE0 && changed.Length > 1 ? random.Next(1, Math.Min(changed.Length, 5)) : 0;
        changed[at] += (byte)(random.Next(2) == 0 ? 1 : 0xFF);
        return changed;
    }

    private static List<Range> Find(byte[] bytes)
    {
        var found = new List<Range>();
        int at = 0;
        while (at < bytes.Length && Skip(bytes, ref at, 0, found))
        {
        }

        return found;
    }

    private static bool Skip(byte[] bytes, ref int at, int depth, List<Range> found)
    {
        if (at >= bytes.Length || depth > DepthMax) return false;
        int start = at;
        byte code = bytes[at++];
        (int width, int fixedLength, int items) = Shape(code);
        long count = items > 0 || width == 0 ? fixedLength : 0;
        if (width > 0 && !TryNumber(bytes, ref at, width, out count)) return false;
        if (items > 0)
        {
            for (long i = 0; i < count * items; i++)
            {
                if (!Skip(bytes, ref at, depth + 1, found)) return false;
            }
        }
        else
        {
            // An extension has its kind behind its length.
            long length = width > 0 ? count + fixedLength : fixedLength;
            if (length > bytes.Length - at) return false;
            at += (int)length;
        }

        found.Add(start..at);
        return true;
    }

    /// <summary>Bytes of a length that follows; bytes or entries without one; elements an entry has, 0 for what has none.</summary>
    private static (int Width, int Fixed, int Items) Shape(byte code) => code switch
    {
        < 0x80 or >= 0xE0 or 0xC0 or 0xC1 or 0xC2 or 0xC3 => (0, 0, 0),
        < 0x90 => (0, code & 0x0F, 2),
        < 0xA0 => (0, code & 0x0F, 1),
        < 0xC0 => (0, code & 0x1F, 0),
        0xC4 or 0xD9 => (1, 0, 0),
        0xC5 or 0xDA => (2, 0, 0),
        0xC6 or 0xDB => (4, 0, 0),
        0xC7 => (1, 1, 0),
        0xC8 => (2, 1, 0),
        0xC9 => (4, 1, 0),
        0xCA or 0xCE or 0xD2 => (0, 4, 0),
        0xCB or 0xCF or 0xD3 => (0, 8, 0),
        0xCC or 0xD0 => (0, 1, 0),
        0xCD or 0xD1 => (0, 2, 0),
        >= 0xD4 and <= 0xD8 => (0, 1 + (1 << (code - 0xD4)), 0),
        0xDC => (2, 0, 1),
        0xDD => (4, 0, 1),
        0xDE => (2, 0, 2),
        _ => (4, 0, 2),
    };

    private static bool TryNumber(byte[] bytes, ref int at, int width, out long number)
    {
        number = 0;
        if (bytes.Length - at < width) return false;
        ReadOnlySpan<byte> digits = bytes.AsSpan(at, width);
        number = width switch
        {
            1 => digits[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(digits),
            _ => BinaryPrimitives.ReadUInt32BigEndian(digits),
        };
        at += width;
        return true;
    }
}
