using Dna.Fast.Storage.Disk;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;

namespace Dna.Fast.Storage.Faster;

/// <summary>Reads a record from the files of the value log into a buffer of its own. One thread at a time; nothing is allocated once the buffer fits.</summary>
internal sealed class ColdRecords(SegmentFiles files, uint seed)
{
    // One read takes a record of usual size whole; the rest of a larger one takes a second.
    private const int FirstReadBytes = 1024;

    // A chain this long is rare chance (6 keys in 100 share one at all); what is longer is left to FASTER.
    private const int LinksMax = 16;

    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(FirstReadBytes);

    /// <summary>Follows a chain on the disk to the record of a key.</summary>
    /// <param name="address">Where the chain goes on; below it everything is in the files. The address of the record, when it is found.</param>
    /// <param name="begin">First address of the log.</param>
    /// <param name="key">Key.</param>
    /// <param name="record">The sound record, valid until the next call.</param>
    /// <returns>Damaged when FASTER had better be asked: the record is not sound, or not to be read.</returns>
    public Lookup Find(ref long address, long begin, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> record)
    {
        record = default;
        try
        {
            for (int link = 0; link < LinksMax; link++)
            {
                if (address < begin) return Lookup.Absent;
                int room = ValueLog.PageBytes - (int)(address & (ValueLog.PageBytes - 1));
                int read = Math.Min(FirstReadBytes, room);
                files.Read(_buffer.AsSpan(0, read), address);
                if (!LogPages.TryReadHeader(_buffer.AsSpan(0, read), room, out RecordHeader header)) return Lookup.Damaged;
                ReadOnlySpan<byte> found = _buffer.AsSpan(header.KeyOffset, header.KeyBytes);
                if (!header.IsValid || !found.SequenceEqual(key))
                {
                    address = header.PreviousAddress;
                    continue;
                }

                if (header.IsTombstone) return Lookup.Absent;
                record = Rest(address, header, read);
                return SlotRecord.IsSound(record, key, seed) ? Lookup.Found : Lookup.Damaged;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // FASTER tries again and counts it.
        }

        return Lookup.Damaged;
    }

    private ReadOnlySpan<byte> Rest(long address, scoped in RecordHeader header, int read)
    {
        int end = header.RecordOffset + header.RecordBytes;
        if (end > read)
        {
            if (_buffer.Length < end)
            {
                byte[] larger = GC.AllocateUninitializedArray<byte>(end <= 8 * FirstReadBytes ? 8 * FirstReadBytes : ValueLog.PageBytes);
                _buffer.AsSpan(0, read).CopyTo(larger);
                _buffer = larger;
            }

            files.Read(_buffer.AsSpan(read, end - read), address + read);
        }

        return _buffer.AsSpan(header.RecordOffset, header.RecordBytes);
    }
}
