using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>A record that is published again after each start until it is told to stop (pain row 18).</summary>
/// <param name="Id">The value id it has in the network; 0 while no node took it.</param>
/// <param name="Seq">The version it has there.</param>
internal sealed record KeptRecord(string Name, InfoHash Key, ulong Id, ushort Type, ushort Seq, bool IsShared, byte[] Data);

/// <summary>The list of kept records as a file and back. Any thread; never throws.</summary>
/// <remarks>
/// <c>"DNFK" | version 1 | records, 4 bytes |</c> then each record <c>name length 2 | name, UTF-8 | key 20 | id 8 | type 2 | seq 2 | shared 1 | data length 4 | data</c>, then SHA-256 of all that.
/// Numbers big-endian.
/// </remarks>
internal static class KeptRecordFile
{
    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "DNFK"u8;

    public static byte[] Write(IReadOnlyCollection<KeptRecord> records)
    {
        var file = new ByteWriter(64 + records.Sum(record => record.Data.Length + record.Name.Length + 64));
        file.Bytes(Magic).Byte(Version).UInt32((uint)records.Count);
        Span<byte> key = stackalloc byte[InfoHash.Bytes];
        foreach (KeptRecord record in records)
        {
            record.Key.CopyTo(key);
            file.UInt16((ushort)Encoding.UTF8.GetByteCount(record.Name)).Text(record.Name).Bytes(key).UInt64(record.Id).UInt16(record.Type).UInt16(record.Seq)
                .Byte(record.IsShared ? (byte)1 : (byte)0).UInt32((uint)record.Data.Length).Bytes(record.Data);
        }

        return file.Bytes(SHA256.HashData(file.Written)).ToArray();
    }

    /// <returns>Null when it is damaged, or of a version that is not known.</returns>
    public static IReadOnlyList<KeptRecord>? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < SHA256.HashSizeInBytes) return null;
        ReadOnlySpan<byte> content = file[..^SHA256.HashSizeInBytes];
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(file[^SHA256.HashSizeInBytes..])) return null;
        var reader = new ByteReader(content);
        if (!reader.TryBytes((uint)Magic.Length, out ReadOnlySpan<byte> magic) || !magic.SequenceEqual(Magic)) return null;
        if (!reader.TryByte(out byte version) || version != Version || !reader.TryUInt32(out uint count)) return null;
        var records = new List<KeptRecord>();
        for (uint i = 0; i < count; i++)
        {
            if (!TryRecord(ref reader, out KeptRecord? record)) return null;
            records.Add(record!);
        }

        return reader.IsAtEnd ? records : null;
    }

    private static bool TryRecord(ref ByteReader reader, out KeptRecord? record)
    {
        record = null;
        if (!reader.TryUInt16(out ushort nameBytes) || !reader.TryBytes(nameBytes, out ReadOnlySpan<byte> name)) return false;
        if (!reader.TryBytes(InfoHash.Bytes, out ReadOnlySpan<byte> key) || !reader.TryUInt64(out ulong id) || !reader.TryUInt16(out ushort type)) return false;
        if (!reader.TryUInt16(out ushort seq) || !reader.TryByte(out byte shared) || !reader.TryUInt32(out uint dataBytes)) return false;
        if (shared > 1 || !reader.TryBytes(dataBytes, out ReadOnlySpan<byte> data)) return false;
        record = new KeptRecord(Encoding.UTF8.GetString(name), new InfoHash(key), id, type, seq, shared == 1, data.ToArray());
        return true;
    }
}
