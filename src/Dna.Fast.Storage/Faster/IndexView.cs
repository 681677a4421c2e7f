// Unsafe: reads FASTER's hash index where it lies. FASTER itself hands over the addresses, of the table and of each page of overflow buckets, when it
// writes a checkpoint of the index or reads one; both are pinned, and neither moves nor is freed before the store is. The layout is that of FASTER's
// index file. Whatever does not fit together makes the view blind, and a blind view only costs time.
using FASTER.core;

namespace Dna.Fast.Storage.Faster;

/// <summary>Where the chains of the index begin, without asking FASTER, which starts a read from the disk before it says where the record is.</summary>
/// <remarks>
/// Any thread looks; one at a time notes. A bucket is 64 bytes: 7 entries of u64 (48 bits address, 14 bits tag, 2 flags) and the number of the next
/// overflow bucket in the lower 48 bits of the eighth. Records never change and an entry is one word, so a look needs no protection: what it finds was
/// the beginning of the chain at that moment.
/// </remarks>
internal sealed unsafe class IndexView(long buckets)
{
    private const int BucketBytes = 64;
    private const int Entries = 7;
    private const int TagShift = 48;
    private const ulong TagMask = 0x3FFF;
    private const int HashTagShift = 50;
    private const ulong AddressMask = (1UL << TagShift) - 1;
    private const ulong Tentative = 1UL << 63;

    // FASTER's overflow buckets come in pages of 65,536.
    private const int OverflowPageBits = 16;
    private const long OverflowPageBytes = (long)BucketBytes << OverflowPageBits;

    // A chain of buckets longer than this is a circle.
    private const int ChainMax = 1 << 20;

    private nint[] _overflow = [];
    private nint _table;
    private bool _blind;

    /// <summary>Pages of overflow buckets that are known.</summary>
    public int OverflowPages => _overflow.Length;

    /// <summary>True once the table is known.</summary>
    public bool Sees => Volatile.Read(ref _table) != 0;

    /// <summary>Pages there must be for so many overflow buckets.</summary>
    public static int PagesFor(long overflowBuckets) => (int)((overflowBuckets + (1 << OverflowPageBits) - 1) >> OverflowPageBits);

    /// <summary>Takes note of where FASTER keeps what stands at <paramref name="offset"/> of an index file: the table, then the pages of overflow buckets.</summary>
    public void Note(long offset, nint memory)
    {
        if (_blind) return;
        long tableBytes = buckets * BucketBytes;
        if (offset < tableBytes)
        {
            nint table = memory - (nint)offset;
            if (_table != 0 && _table != table) GoBlind();
            else Volatile.Write(ref _table, table);
            return;
        }

        long page = (offset - tableBytes) / OverflowPageBytes;
        if ((offset - tableBytes) % OverflowPageBytes != 0 || page > _overflow.Length)
        {
            GoBlind();
        }
        else if (page == _overflow.Length)
        {
            Volatile.Write(ref _overflow, [.. _overflow, memory]);
        }
        else if (_overflow[page] != memory)
        {
            GoBlind();
        }
    }

    /// <summary>Looks for the chain of a hash.</summary>
    /// <param name="hash">As FASTER computes it.</param>
    /// <param name="address">Address of its newest record.</param>
    public ChainState Find(long hash, out long address)
    {
        address = 0;
        nint table = Volatile.Read(ref _table);
        if (table == 0) return ChainState.Unknown;
        nint[] overflow = Volatile.Read(ref _overflow);
        ulong tag = (ulong)hash >> HashTagShift;
        ulong* bucket = (ulong*)(table + (nint)(hash & (buckets - 1)) * BucketBytes);
        for (int link = 0; link < ChainMax; link++)
        {
            for (int i = 0; i < Entries; i++)
            {
                ulong entry = Volatile.Read(ref bucket[i]);
                if ((entry >> TagShift & TagMask) != tag || entry == 0 || (entry & Tentative) != 0) continue;
                address = (long)(entry & AddressMask);
                return ChainState.Found;
            }

            ulong next = Volatile.Read(ref bucket[Entries]) & AddressMask;
            if (next == 0) return ChainState.None;
            ulong page = next >> OverflowPageBits;
            if (page >= (ulong)overflow.Length) return ChainState.Unknown;
            bucket = (ulong*)(overflow[page] + (nint)(next & ((1 << OverflowPageBits) - 1)) * BucketBytes);
        }

        return ChainState.Unknown;
    }

    /// <summary>Looks no more: the index goes.</summary>
    public void GoBlind()
    {
        _blind = true;
        Volatile.Write(ref _table, 0);
    }
}

/// <summary>What <see cref="IndexView.Find"/> knows.</summary>
internal enum ChainState : byte
{
    /// <summary>Nothing: FASTER must be asked.</summary>
    Unknown,

    /// <summary>There is no record with that hash.</summary>
    None,

    /// <summary>There is a chain.</summary>
    Found,
}

/// <summary>Has FASTER tell a view where the index lies: an index checkpoint that goes nowhere.</summary>
internal sealed class IndexLocator(IndexView view) : StorageDeviceBase("nowhere", StoreDevice.SectorBytes, Devices.CAPACITY_UNSPECIFIED)
{
    public override void WriteAsync(
        nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        view.Note((long)destinationAddress, sourceAddress);
        callback(0, numBytesToWrite, context);
    }

    public override void ReadAsync(
        int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        throw new NotSupportedException("nothing was written");

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback(result);

    public override void Dispose()
    {
    }
}
