using System.Security.Cryptography;
using System.Text;

namespace Dna.Fast.Messenger;

/// <summary>The file of a cache region, as bytes and back. Any thread; never throws.</summary>
/// <remarks>
/// <para>
/// <c>"DNFC" | version 1 | entries, 4 bytes |</c> then each entry <c>key length 2 | key, UTF-8 | cached at 8 | time to live 8 | payload length 4 | payload</c>, then SHA-256 of all that. Numbers
/// big-endian, times in milliseconds (since 1970 the first).
/// </para>
/// <para>The hash tells damage; it protects from nobody, so whoever reads an entry checks it as a stranger's. What is damaged anywhere is damaged as a whole: it is a cache.</para>
/// </remarks>
internal static class CacheFile
{
    private const byte Version = 1;
    private const int HeaderBytes = 4 + sizeof(byte) + sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "DNFC"u8;

    /// <summary>Keys of more than 65,535 bytes are left out.</summary>
    public static byte[] Write(IReadOnlyList<SavedEntry> entries)
    {
        SavedEntry[] fitting = [.. entries.Where(entry => Encoding.UTF8.GetByteCount(entry.Key) <= ushort.MaxValue)];
        var file = new ByteWriter(HeaderBytes + SHA256.HashSizeInBytes + fitting.Sum(entry => entry.Payload.Length + 2 * entry.Key.Length + 32));
        file.Bytes(Magic).Byte(Version).UInt32((uint)fitting.Length);
        foreach (SavedEntry entry in fitting)
        {
            file.UInt16((ushort)Encoding.UTF8.GetByteCount(entry.Key)).Text(entry.Key).UInt64((ulong)entry.CachedAtMs).UInt64((ulong)entry.TtlMs)
                .UInt32((uint)entry.Payload.Length).Bytes(entry.Payload);
        }

        return file.Bytes(SHA256.HashData(file.Written)).ToArray();
    }

    /// <returns>Null when it is damaged, or of a version that is not known.</returns>
    public static IReadOnlyList<SavedEntry>? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes + SHA256.HashSizeInBytes) return null;
        ReadOnlySpan<byte> content = file[..^SHA256.HashSizeInBytes];
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(file[^SHA256.HashSizeInBytes..])) return null;
        var reader = new ByteReader(content);
        if (!reader.TryBytes((uint)Magic.Length, out ReadOnlySpan<byte> magic) || !magic.SequenceEqual(Magic)) return null;
        if (!reader.TryByte(out byte version) || version != Version || !reader.TryUInt32(out uint count)) return null;
        var entries = new List<SavedEntry>();
        for (uint i = 0; i < count; i++)
        {
            if (!TryEntry(ref reader, out SavedEntry? entry)) return null;
            entries.Add(entry!);
        }

        return reader.IsAtEnd ? entries : null;
    }

    private static bool TryEntry(ref ByteReader reader, out SavedEntry? entry)
    {
        entry = null;
        if (!reader.TryUInt16(out ushort keyBytes) || !reader.TryBytes(keyBytes, out ReadOnlySpan<byte> key)) return false;
        if (!reader.TryUInt64(out ulong cachedAt) || !reader.TryUInt64(out ulong ttl) || !reader.TryUInt32(out uint payloadBytes)) return false;
        if (cachedAt > long.MaxValue || ttl > long.MaxValue || !reader.TryBytes(payloadBytes, out ReadOnlySpan<byte> payload)) return false;
        entry = new SavedEntry(Encoding.UTF8.GetString(key), (long)cachedAt, (long)ttl, payload.ToArray());
        return true;
    }
}
