using System.Buffers.Binary;
using Dna.Fast.Storage.Accounting;
using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Records;

namespace Dna.Fast.Storage.Checkpoints;

/// <summary>Everything a checkpoint knows besides the index: where the logs stood, what was counted, and what FASTER wants back.</summary>
/// <remarks>
/// On disk: u32 magic, u32 format, then the fields in the order of <see cref="Write"/>, little endian; u32 CRC-32C over all of it at the end.
/// It is written last and renamed into place, so it is there whole or not at all.
/// </remarks>
internal sealed class CheckpointState
{
    private const uint Magic = 0x5450_4B43;
    private const uint Format = 1;

    public required ValueLogIdentity Identity { get; init; }

    /// <summary>Buckets of the index.</summary>
    public required long IndexBuckets { get; init; }

    /// <summary>CRC-32C of the index file.</summary>
    public uint IndexSum { get; set; }

    /// <summary>First address of the value log.</summary>
    public required long LogBegin { get; init; }

    /// <summary>Address behind the last record the checkpoint covers.</summary>
    public long LogEnd { get; set; }

    /// <summary>Address from which the value log is read again to complete the index.</summary>
    public required long IndexStart { get; init; }

    /// <summary>The first entry of the write-ahead log the checkpoint does not cover, as a <see cref="LogPosition"/>.</summary>
    public required ulong WalPosition { get; init; }

    public required long Values { get; init; }

    public required long Bytes { get; init; }

    public required long Keys { get; init; }

    public required ulong LedgerKey { get; init; }

    /// <summary>Accounts that are not empty.</summary>
    public required (int Account, long Bytes)[] Ledger { get; init; }

    /// <summary>Cells of the calendar that are not empty.</summary>
    public required (int Cell, int Count)[] Calendar { get; init; }

    public required Guid IndexToken { get; init; }

    public required Guid LogToken { get; init; }

    public byte[] IndexMetadata { get; set; } = [];

    public byte[] LogMetadata { get; set; } = [];

    /// <summary>Copies what is counted.</summary>
    public static ((int Account, long Bytes)[] Ledger, (int Cell, int Count)[] Calendar) Snapshot(StoreTotals totals)
    {
        List<(int, long)> ledger = [];
        for (int i = 0; i < SourceLedger.Accounts; i++)
        {
            if (totals.Sources[i] != 0) ledger.Add((i, totals.Sources[i]));
        }

        List<(int, int)> calendar = [];
        for (int i = 0; i < totals.Calendar.Cells; i++)
        {
            if (totals.Calendar[i] != 0) calendar.Add((i, totals.Calendar[i]));
        }

        return ([.. ledger], [.. calendar]);
    }

    /// <summary>The counters as they were.</summary>
    public StoreTotals RestoreTotals()
    {
        StoreTotals totals = new(LedgerKey);
        totals.Restore(Values, Bytes, Keys);
        foreach ((int account, long bytes) in Ledger) totals.Sources.Add(account, bytes);
        foreach ((int cell, int count) in Calendar) totals.Calendar[cell] = count;
        return totals;
    }

    public byte[] Write()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(Magic);
        writer.Write(Format);
        writer.Write(Identity.Number);
        writer.Write(Identity.Seed);
        writer.Write(Identity.Hash0);
        writer.Write(Identity.Hash1);
        writer.Write(Identity.Hash2);
        writer.Write(IndexBuckets);
        writer.Write(IndexSum);
        writer.Write(LogBegin);
        writer.Write(LogEnd);
        writer.Write(IndexStart);
        writer.Write(WalPosition);
        writer.Write(Values);
        writer.Write(Bytes);
        writer.Write(Keys);
        writer.Write(LedgerKey);
        writer.Write(Ledger.Length);
        foreach ((int account, long bytes) in Ledger)
        {
            writer.Write(account);
            writer.Write(bytes);
        }

        writer.Write(Calendar.Length);
        foreach ((int cell, int count) in Calendar)
        {
            writer.Write(cell);
            writer.Write(count);
        }

        writer.Write(IndexToken.ToByteArray());
        writer.Write(LogToken.ToByteArray());
        writer.Write(IndexMetadata.Length);
        writer.Write(IndexMetadata);
        writer.Write(LogMetadata.Length);
        writer.Write(LogMetadata);
        writer.Flush();
        writer.Write(Crc32C.Append(uint.MaxValue, stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        writer.Flush();
        return stream.ToArray();
    }

    /// <returns>Null when the bytes are not a whole checkpoint of this format.</returns>
    public static CheckpointState? Read(byte[] bytes)
    {
        int body = bytes.Length - sizeof(uint);
        if (body < 2 * sizeof(uint)) return null;
        if (Crc32C.Append(uint.MaxValue, bytes.AsSpan(0, body)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(body))) return null;
        using BinaryReader reader = new(new MemoryStream(bytes, 0, body));
        return reader.ReadUInt32() == Magic && reader.ReadUInt32() == Format ? ReadFields(reader) : null;
    }

    // Initialisers run in the order they are written, which is the order of the fields.
    private static CheckpointState ReadFields(BinaryReader reader) => new()
    {
        Identity = new ValueLogIdentity(reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64()),
        IndexBuckets = reader.ReadInt64(),
        IndexSum = reader.ReadUInt32(),
        LogBegin = reader.ReadInt64(),
        LogEnd = reader.ReadInt64(),
        IndexStart = reader.ReadInt64(),
        WalPosition = reader.ReadUInt64(),
        Values = reader.ReadInt64(),
        Bytes = reader.ReadInt64(),
        Keys = reader.ReadInt64(),
        LedgerKey = reader.ReadUInt64(),
        Ledger = ReadArray(reader, static r => (r.ReadInt32() & (SourceLedger.Accounts - 1), r.ReadInt64())),
        Calendar = ReadArray(reader, static r => (r.ReadInt32(), r.ReadInt32())),
        IndexToken = new Guid(reader.ReadBytes(16)),
        LogToken = new Guid(reader.ReadBytes(16)),
        IndexMetadata = reader.ReadBytes(reader.ReadInt32()),
        LogMetadata = reader.ReadBytes(reader.ReadInt32()),
    };

    private static T[] ReadArray<T>(BinaryReader reader, Func<BinaryReader, T> one)
    {
        T[] array = new T[reader.ReadInt32()];
        for (int i = 0; i < array.Length; i++) array[i] = one(reader);
        return array;
    }
}
