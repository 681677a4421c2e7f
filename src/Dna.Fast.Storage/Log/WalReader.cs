using System.Buffers.Binary;
using Dna.Fast.Storage.Disk;

namespace Dna.Fast.Storage.Log;

/// <summary>Receives what a reader finds in a log.</summary>
internal interface IWalSink
{
    /// <summary>A sound entry. The span is valid during the call.</summary>
    void Entry(long address, ReadOnlySpan<byte> entry);

    /// <summary>Bytes that are no entry although something was written there. What is merely cut off at the end of the log, with nothing but zeros behind it
    /// in all files, is not among them: nobody was told that it is stored.</summary>
    void Damaged(long address, ReadOnlySpan<byte> bytes);
}

/// <summary>Reads the files of a write-ahead log, trusting nothing.</summary>
/// <remarks>
/// A page is a row of (i32 length, entry, padding to 4 bytes); zeros end it. An entry whose sum is wrong is set aside, and the next sound one is looked
/// for within the page at every multiple of 4, so one bad byte costs one entry. A log cut anywhere gives all entries before the cut, and so does one
/// whose last entry did not reach the disk whole: then zeros follow from the end of a sector on, to the end of the log. Every page ends in zeros, so what
/// looks like a cut at the end of one is held back until the pages behind it are read: one byte there that is not zero makes it damage.
/// </remarks>
internal sealed class WalReader
{
    private const int PageBytes = 1 << WriteAheadLog.PageBits;
    private const int LengthBytes = sizeof(int);

    // What a disk writes whole or not at all, bytes: the least of all disks.
    private const int SectorBytes = 512;

    // The first 64 bytes of a FASTER log are not used.
    private const int FirstAddress = 64;

    private readonly uint _seed;
    private readonly IWalSink _sink;

    // The last thing read that may be where the log was cut; null for none.
    private byte[]? _cut;
    private long _cutAddress;

    private WalReader(uint seed, IWalSink sink)
    {
        _seed = seed;
        _sink = sink;
    }

    /// <param name="files">The log.</param>
    /// <param name="seed">The secret every entry's sum is seeded with.</param>
    /// <param name="from">Address of the first entry wanted; 0 for all.</param>
    /// <param name="sink">Told of each entry in order.</param>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    public static void Read(SegmentFiles files, uint seed, long from, IWalSink sink)
    {
        var reader = new WalReader(seed, sink);
        byte[] page = new byte[PageBytes];
        long end = files.End;
        long start = Math.Max(Math.Max(from, FirstAddress), files.Begin);
        for (long pageAddress = start & -PageBytes; pageAddress < end; pageAddress += PageBytes)
        {
            int length = files.Read(page, pageAddress);
            reader.ReadPage(page.AsSpan(0, length), pageAddress, (int)Math.Max(0, start - pageAddress));
        }
    }

    private void ReadPage(ReadOnlySpan<byte> page, long pageAddress, int offset)
    {
        if (_cut is not null && page.ContainsAnyExcept((byte)0))
        {
            _sink.Damaged(_cutAddress, _cut);
            _cut = null;
        }

        while (offset + LengthBytes <= page.Length)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(page[offset..]);
            if (IsEntry(page, offset, length))
            {
                _sink.Entry(pageAddress + offset, page.Slice(offset + LengthBytes, length));
                offset += LengthBytes + (length + 3 & -4);
                continue;
            }

            if (page[offset..].IndexOfAnyExcept((byte)0) < 0) return;
            int next = offset + LengthBytes;
            while (next + LengthBytes <= page.Length && !IsEntry(page, next, BinaryPrimitives.ReadInt32LittleEndian(page[next..]))) next += 4;
            bool last = next + LengthBytes > page.Length;
            if (last && length is >= WalEntry.HeaderBytes and <= WalEntry.BytesMax && IsCut(page, offset + LengthBytes + length))
            {
                _cut = page[offset..].ToArray();
                _cutAddress = pageAddress + offset;
                return;
            }

            next = Math.Min(next, page.Length);
            _sink.Damaged(pageAddress + offset, page[offset..next]);
            offset = next;
        }
    }

    private static bool IsCut(ReadOnlySpan<byte> page, int end)
    {
        if (page.Length < PageBytes && end > page.Length) return true;
        int written = page.LastIndexOfAnyExcept((byte)0) + 1;
        return (written + SectorBytes - 1 & -SectorBytes) < end;
    }

    private bool IsEntry(ReadOnlySpan<byte> page, int offset, int length) =>
        length is >= WalEntry.HeaderBytes and <= WalEntry.BytesMax
        && offset + LengthBytes + length <= page.Length
        && WalEntry.IsSound(page.Slice(offset + LengthBytes, length), _seed);
}
