namespace Dna.Fast.Wire;

/// <summary>
/// Puts fragmented messages together (section 1.6): keyed by source address and transaction, any order, early fragments kept within bounds.
/// </summary>
/// <remarks>
/// One thread. Time is an argument, in milliseconds of a monotonic clock. A caller opens a header only after it has proved itself (the
/// token of a put, the request a reply answers): an early fragment proves nothing, so when room is short the oldest early set gives way to
/// a header.
/// </remarks>
public sealed class Reassembler(ReassemblyLimits limits)
{
    /// <summary>No useful fragment for this long ends a reassembly.</summary>
    public const long SilenceMsMax = 3_000;

    /// <summary>No reassembly lives longer.</summary>
    public const long AgeMsMax = 10_000;

    /// <summary>Early bytes kept for one (address, transaction).</summary>
    public const int EarlyBytesMax = 122_912;

    /// <summary>Early fragments kept for one (address, transaction).</summary>
    public const int EarlyFragmentsMax = 98;

    private readonly Dictionary<ReassemblyKey, Reassembly> _open = [];
    private readonly LinkedList<Reassembly> _early = new();
    private readonly SourceBudgets _budgets = new(limits);
    private int _droppedBetween;

    public ReassemblyLimits Limits { get; } = limits;

    /// <summary>Reassemblies open, those of early fragments included.</summary>
    public int OpenCount => _open.Count;

    /// <summary>Bytes held or promised, with their bookkeeping.</summary>
    public long BytesHeld => _budgets.Bytes;

    /// <summary>Takes a header: a message with <see cref="Message.HasSizes"/>. <paramref name="datagram"/> is copied.</summary>
    /// <returns><see cref="ReassemblyStatus.Complete"/> at once when early fragments fill it, or when no size in it is one a value can
    /// have. <see cref="ReassemblyStatus.Ignored"/> when this header is open already: a sender repeats header and fragments.</returns>
    /// <exception cref="ArgumentException"><paramref name="header"/> is no view of <paramref name="datagram"/>.</exception>
    public ReassemblyStatus Open(
        in NodeAddress from, in Message header, ReadOnlySpan<byte> datagram, long nowMs, out ReassembledMessage? message)
    {
        message = null;
        var key = new ReassemblyKey(from, header.Transaction);
        Reassembly? set = Find(key, nowMs);
        if (set is { IsEarly: false }) return ReassemblyStatus.Ignored;

        long charge = Reassembly.ChargeOf(header, datagram.Length);
        if (set is not null) Remove(set);
        if (!HasRoom(from, charge))
        {
            if (set is not null) _droppedBetween++;
            return ReassemblyStatus.Refused;
        }

        set ??= new Reassembly(key, nowMs);
        set.Begin(header, datagram);
        if (set.IsComplete)
        {
            message = set.ToMessage();
            return ReassemblyStatus.Complete;
        }

        set.Charge = charge;
        set.UsefulMs = nowMs;
        Insert(set);
        return ReassemblyStatus.Waiting;
    }

    /// <summary>Takes a fragment datagram.</summary>
    public ReassemblyStatus Add(in NodeAddress from, in Message fragment, long nowMs, out ReassembledMessage? message)
    {
        message = null;
        var key = new ReassemblyKey(from, fragment.Transaction);
        Reassembly? set = Find(key, nowMs);
        if (set is null or { IsEarly: true }) return AddEarly(key, set, fragment, nowMs);

        var status = ReassemblyStatus.Ignored;
        var pieces = new FragmentEnumerator(fragment.Fragments);
        while (pieces.MoveNext())
        {
            ReassemblyStatus one = set.Add(pieces.Index, pieces.Offset, pieces.Data);
            if (one == ReassemblyStatus.Waiting || status == ReassemblyStatus.Ignored) status = one;
        }

        if (status != ReassemblyStatus.Waiting) return status;
        set.UsefulMs = nowMs;
        if (!set.IsComplete) return ReassemblyStatus.Waiting;
        Remove(set);
        message = set.ToMessage();
        return ReassemblyStatus.Complete;
    }

    /// <summary>Drops what is too old. Call about once a second.</summary>
    /// <returns>How many were dropped unfinished since the last call, those found too old or pushed out in between included.</returns>
    public int Expire(long nowMs)
    {
        int dropped = _droppedBetween;
        _droppedBetween = 0;
        foreach (Reassembly set in _open.Values)
        {
            if (!IsOver(set, nowMs)) continue;
            Remove(set);
            dropped++;
        }

        return dropped;
    }

    private static bool IsOver(Reassembly set, long nowMs) => nowMs - set.UsefulMs >= SilenceMsMax || nowMs - set.CreatedMs >= AgeMsMax;

    private ReassemblyStatus AddEarly(in ReassemblyKey key, Reassembly? set, in Message fragment, long nowMs)
    {
        bool isNew = set is null;
        if (isNew && !(_budgets.SourceAllows(key.From, 1, Reassembly.OverheadBytes) && _budgets.AllAllow(1, Reassembly.OverheadBytes)))
        {
            return ReassemblyStatus.Refused;
        }

        set ??= new Reassembly(key, nowMs);
        if (!isNew) Remove(set);
        bool useful = false;
        var pieces = new FragmentEnumerator(fragment.Fragments);
        while (pieces.MoveNext())
        {
            if (pieces.Data.IsEmpty || !set.AddEarly(pieces.Index, pieces.Offset, pieces.Data)) continue;
            useful = true;
            bool fits = set.EarlyFragments <= EarlyFragmentsMax && set.EarlyBytes <= EarlyBytesMax
                && _budgets.SourceAllows(key.From, 1, set.Charge) && _budgets.AllAllow(1, set.Charge);
            if (fits) continue;
            _droppedBetween++;
            return ReassemblyStatus.Refused;
        }

        if (set.EarlyFragments == 0) return ReassemblyStatus.Ignored;
        if (useful) set.UsefulMs = nowMs;
        Insert(set);
        return useful ? ReassemblyStatus.Waiting : ReassemblyStatus.Ignored;
    }

    /// <summary>True when a header of this cost may come in, if need be in the place of early sets.</summary>
    private bool HasRoom(in NodeAddress from, long charge)
    {
        if (charge > Limits.BytesMax || charge > Limits.BytesPerSourceMax) return false;
        LinkedListNode<Reassembly>? candidate = _early.First;
        while (candidate is not null)
        {
            // A source that has taken all its own room makes place itself, not at the cost of others.
            bool sourceAllows = _budgets.SourceAllows(from, 1, charge);
            if (sourceAllows && _budgets.AllAllow(1, charge)) return true;
            Reassembly oldest = candidate.Value;
            candidate = candidate.Next;
            if (!sourceAllows && !SourceBudgets.SameSource(oldest.Key.From, from)) continue;
            Remove(oldest);
            _droppedBetween++;
        }

        return _budgets.SourceAllows(from, 1, charge) && _budgets.AllAllow(1, charge);
    }

    private Reassembly? Find(in ReassemblyKey key, long nowMs)
    {
        if (!_open.TryGetValue(key, out Reassembly? set)) return null;
        if (!IsOver(set, nowMs)) return set;
        Remove(set);
        _droppedBetween++;
        return null;
    }

    private void Insert(Reassembly set)
    {
        _open.Add(set.Key, set);
        _budgets.Take(set.Key.From, 1, set.Charge);
        if (set.IsEarly) set.EarlyNode = _early.AddLast(set);
    }

    private void Remove(Reassembly set)
    {
        _open.Remove(set.Key);
        _budgets.Take(set.Key.From, -1, -set.Charge);
        if (set.EarlyNode is null) return;
        _early.Remove(set.EarlyNode);
        set.EarlyNode = null;
    }
}
