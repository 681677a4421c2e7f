// Unsafe: keys and records are handed to FASTER by pointer. They lie in arrays of the pinned heap that live as long as the session, and FASTER copies
// them before it returns.
using System.Runtime.CompilerServices;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;
using FASTER.core;

namespace Dna.Fast.Storage.Faster;

/// <summary>What one thread needs to work on the value log: a FASTER session, buffers and readers. Rented for one call.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class StoreSession : IDisposable
{
    // Most values are small; the buffer grows to the largest there can be when one comes.
    private const int ScratchBytesStart = 4 * 1024;

    private readonly RecordFunctions _functions;
    private readonly ClientSession<SpanByte, SpanByte, Empty, Empty, Empty, RecordFunctions> _session;
    private readonly LogAccessor<SpanByte, SpanByte> _log;
    private readonly StoreComparer _comparer;
    private readonly IndexView _index;
    private readonly ColdRecords _cold;
    private readonly byte[] _keys = GC.AllocateArray<byte>(2 * StoreKey.BytesMax, pinned: true);
    private byte[] _scratch = GC.AllocateUninitializedArray<byte>(ScratchBytesStart, pinned: true);

    public StoreSession(ValueLog values, IDamageWitness witness)
    {
        _functions = new RecordFunctions(values.Identity.Seed, witness);
        _session = values.Kv.For(_functions).NewSession<RecordFunctions>(_functions);
        _log = values.Kv.Log;
        _comparer = values.Comparer;
        _index = values.Index;
        _cold = new ColdRecords(values.Files, values.Identity.Seed);
        Examiner = new SlotExaminer(this);
    }

    /// <summary>The infohash the call is about, 20 bytes.</summary>
    public Span<byte> Head => _keys.AsSpan(0, StoreKey.HeadBytes);

    /// <summary>Looks at heads.</summary>
    public HeadReader HeadReader { get; } = new();

    /// <summary>Looks at chunks.</summary>
    public ChunkReader ChunkReader { get; } = new();

    /// <summary>Looks at slots for a visitor.</summary>
    public VisitReader VisitReader { get; } = new();

    /// <summary>Looks at slots for a put.</summary>
    public SlotExaminer Examiner { get; }

    /// <summary>Value ids of the directory at hand.</summary>
    public IdList Ids { get; } = new();

    /// <summary>Value ids a read has been through.</summary>
    public IdList Visited { get; } = new();

    /// <summary>Value ids of one chunk.</summary>
    public IdList ChunkIds { get; } = new();

    /// <summary>Address of the record last looked up.</summary>
    public long Address => _functions.Address;

    /// <summary>Room for <paramref name="bytes"/> of a write-ahead entry or a record; what was there before is kept.</summary>
    public Span<byte> Scratch(int bytes)
    {
        if (_scratch.Length < bytes)
        {
            byte[] larger = GC.AllocateUninitializedArray<byte>(bytes <= 16 * 1024 ? 16 * 1024 : WalEntry.BytesMax, pinned: true);
            _scratch.CopyTo(larger, 0);
            _scratch = larger;
        }

        return _scratch.AsSpan(0, bytes);
    }

    /// <summary>The key of a slot of the infohash at hand.</summary>
    public Span<byte> SlotKey(ulong valueId)
    {
        Span<byte> key = _keys.AsSpan(StoreKey.BytesMax, StoreKey.SlotBytes);
        StoreKey.WriteSlot(key, Head, valueId);
        return key;
    }

    /// <summary>The key of a chunk of the infohash at hand.</summary>
    public Span<byte> ChunkKey(uint number)
    {
        Span<byte> key = _keys.AsSpan(StoreKey.BytesMax, StoreKey.ChunkBytes);
        StoreKey.WriteChunk(key, Head, number);
        return key;
    }

    /// <summary>A copy of any key of the infohash at hand, in this session.</summary>
    public Span<byte> OwnKey(ReadOnlySpan<byte> key)
    {
        Span<byte> own = _keys.AsSpan(StoreKey.BytesMax, key.Length);
        key.CopyTo(own);
        return own;
    }

    /// <summary>Shows the record under <paramref name="key"/>, which lies in this session, to <paramref name="reader"/>.</summary>
    public Lookup Look(Span<byte> key, IRecordReader reader)
    {
        while (true)
        {
            long begin = _log.BeginAddress;
            Lookup found = LookOnce(key, reader);

            // Compaction copies a record to the end and then moves the beginning; a look-up that was on its way to the old copy finds nothing.
            if (found != Lookup.Absent || _log.BeginAddress == begin) return found;
        }
    }

    private Lookup LookOnce(Span<byte> key, IRecordReader reader)
    {
        if (TryLookBelow(key, reader, out Lookup found)) return found;
        _functions.Reader = reader;
        _functions.FromDisk = false;
        _functions.Damaged = false;
        _functions.Seen = false;
        SpanByte name = Pinned(key);
        Empty none = default;
        Status status = _session.Read(ref name, ref none, ref none);
        if (status.IsPending)
        {
            // The device reads on this thread, so the record is here already; this takes it out of the session's queue and shows it.
            _functions.FromDisk = true;
            _session.CompletePending(wait: true);
        }

        if (_functions.Damaged) return Lookup.Damaged;
        return _functions.Seen ? Lookup.Found : Lookup.Absent;
    }

    /// <summary>Looks where FASTER need not be asked: at a chain that is on the disk as a whole, or not there.</summary>
    /// <remarks>FASTER would put such a read aside and take it up again, which allocates a few objects and costs more than the read.</remarks>
    private bool TryLookBelow(Span<byte> key, IRecordReader reader, out Lookup found)
    {
        found = Lookup.Absent;
        ChainState chain = _index.Find(_comparer.HashOf(key), out long address);
        if (chain == ChainState.None) return true;

        // What lies below the head is in the files.
        if (chain == ChainState.Unknown || address >= _log.HeadAddress) return false;
        found = _cold.Find(ref address, _log.BeginAddress, key, out ReadOnlySpan<byte> record);
        if (found == Lookup.Damaged) return false;
        if (found == Lookup.Found)
        {
            _functions.Address = address;
            reader.Read(record);
        }

        return true;
    }

    /// <summary>Writes a record; both spans lie in this session.</summary>
    public void Store(Span<byte> key, Span<byte> record)
    {
        SpanByte name = Pinned(key), value = Pinned(record);
        _session.Upsert(ref name, ref value);
    }

    /// <summary>Deletes the record under a key that lies in this session.</summary>
    public void Delete(Span<byte> key)
    {
        SpanByte name = Pinned(key);
        _session.Delete(ref name);
    }

    /// <summary>Lets a checkpoint advance.</summary>
    public void Refresh() => _session.Refresh();

    public void Dispose() => _session.Dispose();

    private static unsafe SpanByte Pinned(Span<byte> span) => new(span.Length, (nint)Unsafe.AsPointer(ref span[0]));
}

/// <summary>How a look-up ended.</summary>
internal enum Lookup : byte
{
    Absent,
    Found,

    /// <summary>A record is there and is not what was written: as good as absent, and to be reported.</summary>
    Damaged,
}
