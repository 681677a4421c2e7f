using System.Buffers;
using System.Buffers.Binary;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Records;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Exports;

/// <summary>Writes an export into a buffer, which the caller empties as often as it likes. See <see cref="ExportFormat"/>. One thread.</summary>
public sealed class ExportWriter(ArrayBufferWriter<byte> buffer) : IKeyValueVisitor
{
    private uint _chain;

    /// <summary>Records written.</summary>
    public long Records { get; private set; }

    /// <param name="madeUnixMs">Now.</param>
    public void WriteHeader(long madeUnixMs)
    {
        Span<byte> header = buffer.GetSpan(ExportFormat.HeaderBytes)[..ExportFormat.HeaderBytes];
        ExportFormat.Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], ExportFormat.Version);
        BinaryPrimitives.WriteInt64LittleEndian(header[12..], madeUnixMs);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], Crc32C.Append(0, header[..20]));
        buffer.Advance(ExportFormat.HeaderBytes);
    }

    /// <summary>Writes a record.</summary>
    /// <returns>True.</returns>
    public bool Visit(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        int length = ExportFormat.RecordHeadBytes + ExportFormat.FieldBytes + packed.Length;
        Span<byte> record = buffer.GetSpan(length)[..length];
        record[..(ExportFormat.RecordHeadBytes + ExportFormat.FieldBytes)].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(record, length - ExportFormat.RecordHeadBytes);
        key.CopyTo(record[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(record[28..], slot.ValueId);
        BinaryPrimitives.WriteUInt16LittleEndian(record[36..], slot.Type);
        BinaryPrimitives.WriteInt64LittleEndian(record[40..], slot.CreatedUnixMs);
        BinaryPrimitives.WriteInt64LittleEndian(record[48..], slot.ExpiresUnixMs);
        if (slot.Source.IsValid)
        {
            record[56] = slot.Source.IsV4 ? (byte)4 : (byte)6;
            BinaryPrimitives.WriteUInt16LittleEndian(record[58..], slot.Source.Port);
            slot.Source.WriteAddress(record[60..76]);
        }

        packed.CopyTo(record[76..]);
        uint sum = Crc32C.Append(Crc32C.Append(0, record[..4]), record[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], sum);
        _chain = Crc32C.Append(_chain, record[4..8]);
        Records++;
        buffer.Advance(length);
        return true;
    }

    /// <summary>Writes the end; nothing may follow.</summary>
    public void WriteEnd()
    {
        Span<byte> end = buffer.GetSpan(ExportFormat.EndBytes)[..ExportFormat.EndBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(end, ExportFormat.EndMark);
        BinaryPrimitives.WriteInt64LittleEndian(end[8..], Records);
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], _chain);
        BinaryPrimitives.WriteUInt32LittleEndian(end[4..], Crc32C.Append(0, end[8..]));
        buffer.Advance(ExportFormat.EndBytes);
    }
}
