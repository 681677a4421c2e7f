using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>How the value a node holds under our value's id stands to ours.</summary>
internal enum Standing : byte
{
    /// <summary>Nothing there, or an older version of ours.</summary>
    Absent,

    /// <summary>Ours, or as new as ours.</summary>
    Present,

    /// <summary>Another owner's: our value can't take its place, and an ownerless one must not be sent.</summary>
    Foreign,
}

/// <summary>A put over both families and our own store. Owner thread only, but for <see cref="Cancel"/>.</summary>
internal sealed class PutOperation : IOperation
{
    private readonly OwnerParts _parts;
    private readonly InfoHash _key;
    private readonly Action<PutOutcome> _done;
    private readonly List<(Search Search, AnnounceTask Task)> _tasks = [];
    private readonly HashSet<AnnounceTask> _waiting = [];
    private readonly byte[] _owner;
    private readonly ushort _type;
    private readonly ushort _seq;
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
    }

    public ReadOnlyMemory<byte> Packed { get; }

    public ulong ValueId { get; }

    public long CreatedUnixMs { get; }

    public bool IsPermanent { get; }

    /// <summary>Nothing more is to be sent.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Time between two announcements of a permanent value.</summary>
    public long RepeatMs { get; }

    /// <summary>Asks a node for id, owner and seq of what it holds under our id.</summary>
    public byte[] ProbeQuery { get; }

    public void Start()
    {
        if (_isEnded) return;
        if (IsPermanent) _parts.PermanentPuts++;
        StoreOurselves();
        foreach (FamilyParts family in _parts.Families)
        {
            var task = new AnnounceTask(this);
            _tasks.Add((family.Searches.Get(_key), task));
            _waiting.Add(task);
        }

        foreach ((Search search, AnnounceTask task) in _tasks.ToList()) search.Add(task);
        TellWhenDone();
    }

    /// <summary>What a node's answer to <see cref="ProbeQuery"/> means for our value.</summary>
    /// <remarks>An answer that cannot be read counts as foreign: it may hide a signed value.</remarks>
    public Standing Compare(in Message message, IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        // A node that knows no selections answers with whole values (section 2.4).
        foreach (ReadOnlyMemory<byte> packed in values)
        {
            if (ValueReader.Read(packed.Span, out ValueView value, out _) != DecodeStatus.Ok) return Standing.Foreign;
            if (value.Id == ValueId) return Compare(value);
        }

        if (message.Fields.IsEmpty) return Standing.Absent;
        if (FieldsView.TryRead(message.Fields, out FieldsView rows) != DecodeStatus.Ok) return Standing.Foreign;
        int read = 0;
        for (; rows.MoveNext(out ValueView row); read++)
        {
            if (row.Id == ValueId) return Compare(row);
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
            if (_parts.Context.Store.Remove(_key, ValueId)) _parts.Context.Inbox.Changed(_key, ValueId, ValueChange.Gone);
        }

        _waiting.Clear();
        TellWhenDone();
    });

    private Standing Compare(in ValueView theirs)
    {
        if (!theirs.Owner.SequenceEqual(_owner)) return Standing.Foreign;
        return theirs.Seq < _seq ? Standing.Absent : Standing.Present;
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
        int acknowledged = _tasks.Sum(t => t.Task.Acknowledged), asked = _tasks.Sum(t => t.Task.Asked);
        bool reachable = _tasks.Any(t => t.Task.IsReachable), refused = acknowledged == 0 && _tasks.Any(t => t.Task.WasRefused);
        _done(new PutOutcome(acknowledged, asked, reachable, refused));
    }

    // The putter serves its value too, whatever the distance; a permanent one for as long as it announces it (section 6.5).
    private void StoreOurselves()
    {
        Instant now = _parts.Turn.Now;
        long created = IsPermanent ? now.UnixMs : Math.Min(CreatedUnixMs, now.UnixMs);
        long expires = IsPermanent ? long.MaxValue : created + TypeRegistry.LifetimeMs(_type);
        if (expires <= now.UnixMs) return;
        var slot = new SlotInfo(ValueId, _type, created, expires, default);
        PutResult result = _parts.Context.Store.Put(_key, slot, Packed.Span, durable: false, now.UnixMs, new EditPolicy(_parts.Context.Verifier).For(isVerified: true));
        if (result.Status is PutStatus.Stored or PutStatus.Replaced && _parts.Context.Listened.Contains(_key))
            _parts.Context.Inbox.Changed(_key, ValueId, ValueChange.Stored);
    }
}
