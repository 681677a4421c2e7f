using System.Buffers.Binary;
using System.Numerics;
using Dna.Fast.Wire;

namespace Dna.Fast.Aot.Tests;

/// <summary>Exports as src/README.md describes them, written and read by code of the tests' own.</summary>
internal static class ExportFile
{
    private const ushort SevenDays = 0x1001;

    public static byte[] Header()
    {
        byte[] header = new byte[24];
        "DNAEXPRT"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), 1);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(12), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), Sum(0, header.AsSpan(0, 20)));
        return header;
    }

    /// <summary>Record n of a made-up export: its key is the SHA-1 of "n", its value says so.</summary>
    public static byte[] Record(int n)
    {
        Assert.Equal(DecodeStatus.Ok, new ValueBuilder { Id = (ulong)n + 1, Type = SevenDays, Data = BitConverter.GetBytes(n) }.Pack(out byte[] packed));
        byte[] record = new byte[76 + packed.Length];
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - 8);
        KeyOf(n).CopyTo(record.AsSpan(8));
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(28), (ulong)n + 1);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(36), SevenDays);
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(40), now);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(48), now + 3_600_000);
        packed.CopyTo(record, 76);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), Sum(Sum(0, record.AsSpan(0, 4)), record.AsSpan(8)));
        return record;
    }

    /// <summary>The record with a slot's id that is not its value's, and the right sum.</summary>
    public static byte[] WithOtherId(byte[] record)
    {
        byte[] other = [.. record];
        BinaryPrimitives.WriteUInt64LittleEndian(other.AsSpan(28), 0xBAD);
        BinaryPrimitives.WriteUInt32LittleEndian(other.AsSpan(4), Sum(Sum(0, other.AsSpan(0, 4)), other.AsSpan(8)));
        return other;
    }

    public static InfoHash KeyOf(int n) => InfoHash.Of(BitConverter.GetBytes(n));

    /// <summary>Key and packed bytes of every record of a file, which must be whole.</summary>
    public static List<(InfoHash Key, byte[] Packed)> Read(string path)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        Assert.True(file.StartsWith("DNAEXPRT"u8));
        var records = new List<(InfoHash, byte[])>();
        uint chain = 0;
        for (file = file[24..]; BinaryPrimitives.ReadUInt32LittleEndian(file) != uint.MaxValue;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file);
            Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(file[4..]), Sum(Sum(0, file[..4]), file.Slice(8, length)));
            chain = Sum(chain, file.Slice(4, 4));
            records.Add((new InfoHash(file.Slice(8, InfoHash.Bytes)), file[76..(8 + length)].ToArray()));
            file = file[(8 + length)..];
        }

        Assert.Equal(20, file.Length);
        Assert.Equal(records.Count, BinaryPrimitives.ReadInt64LittleEndian(file[8..]));
        Assert.Equal(chain, BinaryPrimitives.ReadUInt32LittleEndian(file[16..]));
        Assert.Equal(Sum(0, file[8..]), BinaryPrimitives.ReadUInt32LittleEndian(file[4..]));
        return records;
    }

    private static uint Sum(uint state, ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes) state = BitOperations.Crc32C(state, one);
        return state;
    }
}
