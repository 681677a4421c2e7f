using System.Buffers.Binary;
using System.Text;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>A map that keeps the order of its entries, as some signed bytes need it. An entry whose value is null is left out.</summary>
internal sealed class MsgMap(params (object Key, object? Value)[] entries)
{
    public IReadOnlyList<(object Key, object? Value)> Entries { get; } = entries.Where(entry => entry.Value is not null).ToList();
}

/// <summary>msgpack of the tests' own, so that a mistake of the product's reader or writer cannot hide itself.</summary>
/// <remarks>
/// Objects are: <see cref="MsgMap"/> or a dictionary, <c>object[]</c>, string, byte[], bool, whole numbers, <see cref="RawPack"/> for bytes that are packed already.
/// Numbers, strings and bins are written in their shortest form.
/// </remarks>
internal static class MsgPack
{
    public static byte[] Write(object value)
    {
        using MemoryStream stream = new();
        Write(stream, value);
        return stream.ToArray();
    }

    /// <summary>Reads one object that fills all of <paramref name="bytes"/>.</summary>
    /// <exception cref="FormatException">It does not.</exception>
    public static object? Read(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        object? value = Read(bytes, ref at);
        return at == bytes.Length ? value : throw new FormatException($"{bytes.Length - at} bytes follow the object.");
    }

    private static void Write(MemoryStream to, object value)
    {
        switch (value)
        {
            case RawPack raw: to.Write(raw.Bytes); break;
            case bool flag: to.WriteByte(flag ? (byte)0xc3 : (byte)0xc2); break;
            case string text:
                byte[] utf8 = Encoding.UTF8.GetBytes(text);
                Head(to, (uint)utf8.Length, 0xa0, 31, 0xd9, 0xda, 0xdb);
                to.Write(utf8);
                break;
            case byte[] bin:
                Head(to, (uint)bin.Length, 0, -1, 0xc4, 0xc5, 0xc6);
                to.Write(bin);
                break;
            case object[] array:
                Head(to, (uint)array.Length, 0x90, 15, 0, 0xdc, 0xdd);
                foreach (object element in array) Write(to, element);
                break;
            case MsgMap map:
                Head(to, (uint)map.Entries.Count, 0x80, 15, 0, 0xde, 0xdf);
                foreach ((object key, object? entry) in map.Entries)
                {
                    Write(to, key);
                    Write(to, entry!);
                }

                break;
            case Dictionary<object, object?> map: Write(to, new MsgMap(map.Select(entry => (entry.Key, entry.Value)).ToArray())); break;
            case sbyte or short or int or long when Convert.ToInt64(value) is < 0 and var negative:
                to.WriteByte(0xd3);
                Number(to, (ulong)negative, 8);
                break;
            default: WriteUnsigned(to, Convert.ToUInt64(value)); break;
        }
    }

    private static void WriteUnsigned(MemoryStream to, ulong value)
    {
        switch (value)
        {
            case < 128: to.WriteByte((byte)value); break;
            case <= byte.MaxValue: to.WriteByte(0xcc); Number(to, value, 1); break;
            case <= ushort.MaxValue: to.WriteByte(0xcd); Number(to, value, 2); break;
            case <= uint.MaxValue: to.WriteByte(0xce); Number(to, value, 4); break;
            default: to.WriteByte(0xcf); Number(to, value, 8); break;
        }
    }

    private static void Head(MemoryStream to, uint length, byte fix, int fixMax, byte code8, byte code16, byte code32)
    {
        if (length <= fixMax) to.WriteByte((byte)(fix | length));
        else if (code8 != 0 && length <= byte.MaxValue) { to.WriteByte(code8); Number(to, length, 1); }
        else if (length <= ushort.MaxValue) { to.WriteByte(code16); Number(to, length, 2); }
        else { to.WriteByte(code32); Number(to, length, 4); }
    }

    private static void Number(MemoryStream to, ulong value, int bytes)
    {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) to.WriteByte((byte)(value >> shift));
    }

    private static object? Read(ReadOnlySpan<byte> from, ref int at)
    {
        byte code = from[at++];
        switch (code)
        {
            case < 0x80: return (ulong)code;
            case < 0x90: return ReadMap(from, ref at, code & 15);
            case < 0xa0: return ReadArray(from, ref at, code & 15);
            case < 0xc0: return Encoding.UTF8.GetString(Take(from, ref at, code & 31));
            case 0xc0: return null;
            case 0xc2: return false;
            case 0xc3: return true;
            case 0xc4 or 0xc5 or 0xc6: return Take(from, ref at, (int)Number(from, ref at, 1 << (code - 0xc4))).ToArray();
            case 0xcc or 0xcd or 0xce or 0xcf: return Number(from, ref at, 1 << (code - 0xcc));
            case 0xd0: return (long)(sbyte)Number(from, ref at, 1);
            case 0xd1: return (long)(short)Number(from, ref at, 2);
            case 0xd2: return (long)(int)Number(from, ref at, 4);
            case 0xd3: return (long)Number(from, ref at, 8);
            case 0xd9 or 0xda or 0xdb: return Encoding.UTF8.GetString(Take(from, ref at, (int)Number(from, ref at, 1 << (code - 0xd9))));
            case 0xdc or 0xdd: return ReadArray(from, ref at, (int)Number(from, ref at, 2 << (code - 0xdc)));
            case 0xde or 0xdf: return ReadMap(from, ref at, (int)Number(from, ref at, 2 << (code - 0xde)));
            case >= 0xe0: return (long)(sbyte)code;
            default: throw new FormatException($"Code {code:x2} is not used on this wire.");
        }
    }

    private static Dictionary<object, object?> ReadMap(ReadOnlySpan<byte> from, ref int at, int count)
    {
        Dictionary<object, object?> map = [];
        for (int index = 0; index < count; index++)
        {
            object key = Read(from, ref at) ?? throw new FormatException("A key is nil.");
            map.Add(key, Read(from, ref at));
        }

        return map;
    }

    private static object?[] ReadArray(ReadOnlySpan<byte> from, ref int at, int count)
    {
        if (count > from.Length - at) throw new FormatException("The array is longer than the datagram.");
        object?[] array = new object?[count];
        for (int index = 0; index < count; index++) array[index] = Read(from, ref at);
        return array;
    }

    private static ulong Number(ReadOnlySpan<byte> from, ref int at, int bytes)
    {
        ReadOnlySpan<byte> digits = Take(from, ref at, bytes);
        return bytes switch
        {
            1 => digits[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(digits),
            4 => BinaryPrimitives.ReadUInt32BigEndian(digits),
            _ => BinaryPrimitives.ReadUInt64BigEndian(digits),
        };
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> from, ref int at, int bytes)
    {
        if (bytes < 0 || bytes > from.Length - at) throw new FormatException("The datagram ends inside an object.");
        at += bytes;
        return from.Slice(at - bytes, bytes);
    }
}

/// <summary>Bytes that are msgpack already.</summary>
internal sealed record RawPack(byte[] Bytes);
