using System.Buffers.Binary;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Records;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Exports;

/// <summary>Reads an export record by record, trusting nothing, in bounded memory. One caller at a time.</summary>
public sealed class ExportReader(Stream stream)
{
    private readonly byte[] _record = new byte[ExportFormat.RecordHeadBytes + ExportFormat.FieldBytes + WireLimits.ValueBytesMax];
    private int _length;
    private uint _chain;
    private bool _hasHeader;

    /// <summary>Sound records read.</summary>
    public long Records { get; private set; }

    /// <summary>Bytes read.</summary>
    public long Bytes { get; private set; }

    /// <summary>True once the end was read, and it fits what was in front of it.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>For people: why it cannot be read on; null while all is well.</summary>
    public string? Problem { get; private set; }

    // The last record, valid until the next one is read.
    public InfoHash Key => new(_record.AsSpan(8, InfoHash.Bytes));

    /// <summary>What the slot said. The source of an unknown family counts as the node's own.</summary>
    public SlotInfo Slot => new(
        BinaryPrimitives.ReadUInt64LittleEndian(_record.AsSpan(28)),
        BinaryPrimitives.ReadUInt16LittleEndian(_record.AsSpan(36)),
        BinaryPrimitives.ReadInt64LittleEndian(_record.AsSpan(40)),
        BinaryPrimitives.ReadInt64LittleEndian(_record.AsSpan(48)),
        Source());

    public ReadOnlySpan<byte> Packed => _record.AsSpan(76, _length - 76);

    /// <summary>Reads the next record.</summary>
    /// <returns>False at the end, and where it cannot be read on; <see cref="Problem"/> tells which.</returns>
    /// <exception cref="IOException">The stream fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        if (Problem is not null || IsComplete) return false;
        if (!_hasHeader && !await ReadHeaderAsync(cancellation).ConfigureAwait(false)) return false;
        if (!await FillAsync(0, ExportFormat.RecordHeadBytes, cancellation).ConfigureAwait(false)) return Fail("the file was cut: its end is missing");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_record);
        if (length == ExportFormat.EndMark) return await ReadEndAsync(cancellation).ConfigureAwait(false);
        if (length is < ExportFormat.FieldBytes or > ExportFormat.FieldBytes + WireLimits.ValueBytesMax) return Fail($"record {Records + 1} is damaged");
        _length = ExportFormat.RecordHeadBytes + (int)length;
        if (!await FillAsync(ExportFormat.RecordHeadBytes, (int)length, cancellation).ConfigureAwait(false)) return Fail("the file was cut: its last record is not whole");
        uint sum = Crc32C.Append(Crc32C.Append(0, _record.AsSpan(0, 4)), _record.AsSpan(8, (int)length));
        if (sum != BinaryPrimitives.ReadUInt32LittleEndian(_record.AsSpan(4))) return Fail($"record {Records + 1} is damaged");
        _chain = Crc32C.Append(_chain, _record.AsSpan(4, 4));
        Records++;
        return true;
    }

    private async ValueTask<bool> ReadHeaderAsync(CancellationToken cancellation)
    {
        if (!await FillAsync(0, ExportFormat.HeaderBytes, cancellation).ConfigureAwait(false)) return Fail("it is no export, or an empty one");
        Span<byte> header = _record.AsSpan(0, ExportFormat.HeaderBytes);
        if (!header.StartsWith(ExportFormat.Magic)) return Fail("it is no export");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (version != ExportFormat.Version) return Fail($"it is of version {version}; this program reads {ExportFormat.Version}");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[20..]) != Crc32C.Append(0, header[..20])) return Fail("its header is damaged");
        return _hasHeader = true;
    }

    private async ValueTask<bool> ReadEndAsync(CancellationToken cancellation)
    {
        if (!await FillAsync(ExportFormat.RecordHeadBytes, ExportFormat.EndBytes - ExportFormat.RecordHeadBytes, cancellation).ConfigureAwait(false)) return Fail("the file was cut: its end is not whole");
        Span<byte> end = _record.AsSpan(0, ExportFormat.EndBytes);
        IsComplete = BinaryPrimitives.ReadUInt32LittleEndian(end[4..]) == Crc32C.Append(0, end[8..])
            && BinaryPrimitives.ReadInt64LittleEndian(end[8..]) == Records && BinaryPrimitives.ReadUInt32LittleEndian(end[16..]) == _chain;
        return !IsComplete && Fail("its end does not fit its records: some are missing or out of order");
    }

    private async ValueTask<bool> FillAsync(int offset, int length, CancellationToken cancellation)
    {
        int read = await stream.ReadAtLeastAsync(_record.AsMemory(offset, length), length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        Bytes += read;
        return read == length;
    }

    private bool Fail(string problem)
    {
        Problem = problem;
        return false;
    }

    private NodeAddress Source()
    {
        ushort port = BinaryPrimitives.ReadUInt16LittleEndian(_record.AsSpan(58));
        return _record[56] switch
        {
            4 => NodeAddress.From(_record.AsSpan(60, 4), port),
            6 => NodeAddress.From(_record.AsSpan(60, 16), port),
            _ => default,
        };
    }
}
