using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>How the value a node holds under our value's id stands to ours.</summary>
internal enum Standing : byte
{
    /// <summary>Nothing there, or an older version of ours.</summary>
    Absent,

    /// <summary>The same as ours.</summary>
    Present,

    /// <summary>Our owner's, and as new as ours or newer: the whole value tells whether it is the same.</summary>
    Unclear,

    /// <summary>Our owner's and another one than ours, as new or newer: ours can't take its place.</summary>
    Newer,

    /// <summary>Another owner's: our value can't take its place, and an ownerless one must not be sent.</summary>
    Foreign,
}

/// <summary>A put over both families and our own store. Owner thread only, but for <see cref="Cancel"/>.</summary>
internal sealed class PutOperation : IOperation, IValueVisitor
{
    private readonly OwnerParts _parts;
    private readonly InfoHash _key;
    private readonly Action<PutOutcome> _done;
    private readonly List<(Search Search, AnnounceTask Task)> _tasks = [];
    private readonly HashSet<AnnounceTask> _waiting = [];
    private readonly byte[] _owner;
    private readonly ushort _type;
    private readonly ushort _seq;
    private bool _isNewerHere;
    private bool _isOursHere;
    private bool _isTold;
    private bool _isEnded;

    /// <exception cref="ArgumentException">Not a packed value, or its id is 0, or it is too large for the wire.</exception>
    public PutOperation(OwnerParts parts, in InfoHash key, ReadOnlyMemory<byte> packed, long createdUnixMs, bool isPermanent, Action<PutOutcome> done)
    {
        if (packed.Length > WireLimits.ValueBytesMax) throw new ArgumentException($"a packed value has at most {WireLimits.ValueBytesMax} bytes", nameof(packed));
        if (ValueReader.Read(packed.Span, out ValueView value, out _) != DecodeStatus.Ok || value.Id == 0)
            throw new ArgumentException("not a packed value with an id", nameof(packed));
        _parts = parts;
        _key = key;
        _done = done;
        _owner = value.Owner.ToArray();
        _type = value.Type;
        _seq = value.Seq;
        Packed = packed;
        ValueId = value.Id;
        CreatedUnixMs = createdUnixMs;
        IsPermanent = isPermanent;
        RepeatMs = Math.Max(TypeRegistry.LifetimeMs(_type) - AnnounceTask.MarginMs, AnnounceTask.MarginMs);
        ProbeQuery = MakeProbe(value.Id);
        WholeQuery = MakeWhole(value.Id);
    }

    public ReadOnlyMemory<byte> Packed { get; }

    public ulong ValueId { get; }

    public long CreatedUnixMs { get; }

    public bool IsPermanent { get; }

    /// <summary>The value is handed to the nearest others, by a node that has it and will leave: those who hold it are sent nothing.</summary>
    public bool IsHandOver { get; init; }

    /// <summary>Nothing more is to be sent.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Time between two announcements of a permanent value.</summary>
    public long RepeatMs { get; }

    /// <summary>Asks a node for id, owner and seq of what it holds under our id.</summary>
    public byte[] ProbeQuery { get; }

    /// <summary>Asks a node for the whole value it holds under our id.</summary>
    public byte[] WholeQuery { get; }

    public void Start()
    {
        if (_isEnded) return;
        if (IsPermanent) _parts.PermanentPuts++;
        if (!IsHandOver) StoreOurselves();
        foreach (FamilyParts family in _parts.Families)
        {
            var task = new AnnounceTask(this);
            _tasks.Add((family.Searches.Get(_key), task));
            _waiting.Add(task);
        }

        foreach ((Search search, AnnounceTask task) in _tasks.ToList()) search.Add(task);
        TellWhenDone();
    }

    /// <summary>What a node's answer to <see cref="ProbeQuery"/> or <see cref="WholeQuery"/> means for our value; never <see cref="Standing.Unclear"/> when it holds the value.</summary>
    /// <remarks>An answer that cannot be read counts as foreign: it may hide a signed value.</remarks>
    /// <param name="isSame">The node's value was compared with ours before: with the same seq it still is the same.</param>
    public Standing Compare(in Message message, IReadOnlyList<ReadOnlyMemory<byte>> values, bool isSame)
    {
        // A node that knows no selections answers with whole values (section 2.4).
        foreach (ReadOnlyMemory<byte> packed in values)
        {
            if (ValueReader.Read(packed.Span, out ValueView value, out _) != DecodeStatus.Ok) return Standing.Foreign;
            if (value.Id == ValueId) return CompareWhole(value);
        }

        if (message.Fields.IsEmpty) return Standing.Absent;
        if (FieldsView.TryRead(message.Fields, out FieldsView rows) != DecodeStatus.Ok) return Standing.Foreign;
        int read = 0;
        for (; rows.MoveNext(out ValueView row); read++)
        {
            if (row.Id == ValueId) return isSame && row.Seq == _seq && row.Owner.SequenceEqual(_owner) ? Standing.Present : Compare(row);
        }

        return read == rows.Count ? Standing.Absent : Standing.Foreign;
    }

    /// <summary>One family is through its round.</summary>
    public void RoundEnded(AnnounceTask task)
    {
        _waiting.Remove(task);
        TellWhenDone();
    }

    public void Cancel() => _parts.Context.Inbox.Post(() =>
    {
        if (_isEnded) return;
        _isEnded = IsCancelled = true;
        foreach ((Search search, AnnounceTask task) in _tasks) search.Remove(task);
        if (IsPermanent)
        {
            _parts.PermanentPuts--;
            // A newer version may lie there by now.
            _parts.Context.Store.ReadOne(_key, ValueId, _parts.Turn.Now.UnixMs, this);
            if (_isOursHere && _parts.Context.Store.Remove(_key, ValueId)) _parts.Context.Inbox.Changed(_key, ValueId, ValueChange.Gone);
        }

        _waiting.Clear();
        TellWhenDone();
    });

    bool IValueVisitor.Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        _isOursHere = packed.SequenceEqual(Packed.Span);
        return false;
    }

    private Standing Compare(in ValueView theirs)
    {
        if (!theirs.Owner.SequenceEqual(_owner)) return Standing.Foreign;
        if (_owner.Length == 0) return Standing.Present;
        return theirs.Seq < _seq ? Standing.Absent : Standing.Unclear;
    }

    // What a node says of seq and owner proves nothing; the value itself does. One that is not genuine stands in the way all the same.
    private Standing CompareWhole(in ValueView theirs)
    {
        Standing standing = Compare(theirs);
        if (standing != Standing.Unclear) return standing;
        if (ValueReader.Read(Packed.Span, out ValueView ours, out _) == DecodeStatus.Ok && theirs.IsEqualTo(ours)) return Standing.Present;
        return _parts.IsGenuine(theirs) ? Standing.Newer : Standing.Foreign;
    }

    private static byte[] MakeWhole(ulong valueId)
    {
        Span<byte> where = stackalloc byte[64];
        return where[..QueryMapWriter.WhereId(where, valueId)].ToArray();
    }

    private static byte[] MakeProbe(ulong valueId)
    {
        Span<byte> where = stackalloc byte[64];
        int length = QueryMapWriter.WhereId(where, valueId);
        var query = new byte[128];
        return query[..QueryMapWriter.Select(query, [ValueField.Id, ValueField.Owner, ValueField.Seq], where[..length])];
    }

    private void TellWhenDone()
    {
        if (_isTold || _waiting.Count > 0) return;
        _isTold = true;
        if (!IsPermanent) _isEnded = true;
        // A whole store is handed over: its searches must not stay.
        if (IsHandOver) foreach (FamilyParts family in _parts.Families) family.Searches.Drop(_key);
        int acknowledged = _tasks.Sum(t => t.Task.Acknowledged), asked = _tasks.Sum(t => t.Task.Asked);
        bool reachable = _tasks.Any(t => t.Task.IsReachable), refused = acknowledged == 0 && _tasks.Any(t => t.Task.WasRefused);
        _done(new PutOutcome(acknowledged, asked, reachable, refused, _isNewerHere || _tasks.Any(t => t.Task.WasOutdated)));
    }

    // The putter serves its value too, whatever the distance; a permanent one for as long as it announces it (section 6.5).
    private void StoreOurselves()
    {
        Instant now = _parts.Turn.Now;
        long created = IsPermanent ? now.UnixMs : Math.Min(CreatedUnixMs, now.UnixMs);
        long expires = IsPermanent ? long.MaxValue : created + TypeRegistry.LifetimeMs(_type);
        if (expires <= now.UnixMs) return;
        var slot = new SlotInfo(ValueId, _type, created, expires, default);
        EditPolicy edits = new EditPolicy(_parts.Context.Verifier).For(isVerified: true);
        PutResult result = _parts.Context.Store.Put(_key, slot, Packed.Span, durable: false, now.UnixMs, edits);
        _isNewerHere = edits.LastRefusal == EditRefusal.StaleSeq;
        if (result.Status is PutStatus.Stored or PutStatus.Replaced && _parts.Context.Listened.Contains(_key))
            _parts.Context.Inbox.Changed(_key, ValueId, ValueChange.Stored);
    }
}
