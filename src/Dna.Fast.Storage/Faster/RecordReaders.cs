using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Records;

namespace Dna.Fast.Storage.Faster;

/// <summary>Reads what lies under an infohash: nothing, a value or a directory.</summary>
internal sealed class HeadReader : IRecordReader
{
    /// <summary>Single, Directory or None.</summary>
    public RecordKind Kind { get; private set; }

    /// <summary>Of a directory.</summary>
    public DirectoryRecord.Header Directory { get; private set; }

    /// <summary>Is shown a single value; null when nobody cares.</summary>
    public IRecordReader? OnSingle { get; set; }

    /// <summary>Takes the ids of a directory itself (not of its chunks); null when nobody cares.</summary>
    public IdList? Ids { get; set; }

    public void Start(IRecordReader? onSingle, IdList? ids)
    {
        Kind = RecordKind.None;
        OnSingle = onSingle;
        Ids = ids;
        ids?.Clear();
    }

    public void Read(ReadOnlySpan<byte> record)
    {
        // FASTER may show a record twice when it retries.
        Ids?.Clear();
        Kind = SlotRecord.Kind(record);
        if (Kind == RecordKind.Single)
        {
            OnSingle?.Read(record);
            return;
        }

        Directory = DirectoryRecord.ReadHeader(record);
        Ids?.AddFrom(record);
    }
}

/// <summary>Reads the ids of a chunk.</summary>
internal sealed class ChunkReader : IRecordReader
{
    private int _start;

    public IdList? Ids { get; private set; }

    public void Start(IdList ids)
    {
        Ids = ids;
        _start = ids.Count;
    }

    public void Read(ReadOnlySpan<byte> record)
    {
        Ids!.Advance(_start - Ids.Count);
        Ids.AddFrom(record);
    }
}

/// <summary>Shows live values to a visitor.</summary>
internal sealed class VisitReader : IRecordReader
{
    private IValueVisitor? _visitor;
    private long _nowUnixMs;
    private ulong _wanted;

    /// <summary>False once the visitor has had enough.</summary>
    public bool More { get; private set; }

    /// <summary>A live value was there.</summary>
    public bool Live { get; private set; }

    /// <param name="visitor">Null: only <see cref="Live"/> is wanted.</param>
    /// <param name="nowUnixMs">What expires until then is not shown.</param>
    /// <param name="wanted">Value id; 0 for any.</param>
    public void Start(IValueVisitor? visitor, long nowUnixMs, ulong wanted)
    {
        _visitor = visitor;
        _nowUnixMs = nowUnixMs;
        _wanted = wanted;
        More = true;
        Live = false;
    }

    /// <summary>Forgets the visitor, which may live shorter than the session.</summary>
    public void Done() => _visitor = null;

    public void Read(ReadOnlySpan<byte> record)
    {
        if (SlotRecord.Expires(record) <= _nowUnixMs) return;
        if (_wanted != 0 && SlotRecord.ValueId(record) != _wanted) return;
        Live = true;
        if (_visitor is not null) More = _visitor.Visit(SlotRecord.Info(record), SlotRecord.Packed(record));
    }
}
