using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>A subscription over both families and our own store: each value is told once though several nodes push it, and gone when the last of them lost it.</summary>
/// <remarks>Owner thread only, but for <see cref="Cancel"/>.</remarks>
internal sealed class ListenOperation : IOperation, IValueVisitor
{
    /// <summary>The holder that is our own store.</summary>
    private const uint OurStore = 0;

    private readonly OwnerParts _parts;
    private readonly Action<ListenEvent> _told;
    private readonly HeldValues _held = new();
    private readonly List<(Search Search, ListenTask Task)> _tasks = [];
    private Timer? _expiry;
    private long _expiryMs;
    private bool _isEnded;

    public ListenOperation(OwnerParts parts, in InfoHash key, ReadOnlyMemory<byte> where, Action<ListenEvent> told)
    {
        _parts = parts;
        _told = told;
        Key = key;
        Where = where;
    }

    public InfoHash Key { get; }

    public ReadOnlyMemory<byte> Where { get; }

    public long RefreshMs => _parts.Context.Options.ListenRefreshMs;

    public SubscriptionSockets Sockets => _parts.Sockets;

    public Search SearchOf(ListenTask task) => _tasks.First(t => t.Task == task).Search;

    public void Start()
    {
        if (_isEnded) return;
        _parts.Subscriptions.Add(this);
        _parts.Listeners.Watch(Key, _parts.Turn.Now);
        _parts.Context.Store.Read(Key, _parts.Turn.Now.UnixMs, this);
        foreach (FamilyParts family in _parts.Families) _tasks.Add((family.Searches.Get(Key), new ListenTask(this)));
        foreach ((Search search, ListenTask task) in _tasks) search.Add(task);
    }

    public void Cancel() => _parts.Context.Inbox.Post(() =>
    {
        if (_isEnded) return;
        _isEnded = true;
        _expiry?.Cancel();
        foreach ((Search search, ListenTask task) in _tasks)
        {
            task.Close();
            search.Remove(task);
        }

        _parts.Subscriptions.Remove(this);
        _parts.Listeners.Unwatch(Key);
    });

    bool IValueVisitor.Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        // The store lends its bytes for this call only, and must not be called back: the callback runs a moment later.
        byte[] copy = packed.ToArray();
        _parts.Context.Inbox.Post(() => Hold(OurStore, copy, default));
        return true;
    }

    /// <summary>A holder has a value: a new one, or a newer version of its owner, is told.</summary>
    public void Hold(uint holder, ReadOnlyMemory<byte> packed, NodeAddress from)
    {
        if (_isEnded || ValueReader.Read(packed.Span, out ValueView value, out _) != DecodeStatus.Ok) return;
        if (QueryView.TryRead(Where.Span, out QueryView query) != DecodeStatus.Ok || !query.Matches(value) || !_parts.IsGenuine(value)) return;
        if (_held.Hold(holder, value, packed, _parts.Turn.Ms, out bool isSurplus)) Tell(ValueChange.Stored, value.Id, packed);
        if (isSurplus) _parts.Counters.Add(Counter.DropSurplusValue);
        Arm();
    }

    /// <summary>A holder says a value's lifetime began anew.</summary>
    public void Renew(uint holder, ulong valueId) => _held.Renew(holder, valueId, _parts.Turn.Ms);

    /// <summary>A holder lost a value; when it was the last one, the value is gone.</summary>
    public void Lose(uint holder, ulong valueId) => _held.Lose(holder, valueId, TellGone);

    /// <summary>A holder is gone with all it held.</summary>
    public void LoseAll(uint holder) => _held.LoseAll(holder, TellGone);

    /// <summary>A slot of our own store changed under this key.</summary>
    public void ChangedHere(ulong valueId, ValueChange change)
    {
        if (change == ValueChange.Gone) Lose(OurStore, valueId);
        else if (change == ValueChange.Refreshed) Renew(OurStore, valueId);
        else _parts.Context.Store.ReadOne(Key, valueId, _parts.Turn.Now.UnixMs, this);
    }

    private void TellGone(ulong valueId, ReadOnlyMemory<byte> packed) => Tell(ValueChange.Gone, valueId, packed);

    private void Tell(ValueChange change, ulong valueId, ReadOnlyMemory<byte> packed)
    {
        if (!_isEnded) _told(new ListenEvent(change, valueId, packed));
    }

    private void Arm()
    {
        if (_held.Count == 0 || _isEnded) return;
        long due = _held.NextDueMs;
        if (due == long.MaxValue || (_expiry is { IsDone: false } && _expiryMs <= due)) return;
        _expiry?.Cancel();
        _expiryMs = due;
        _expiry = _parts.Timers.Schedule(Math.Max(due, _parts.Turn.Ms + 1), ExpireDue);
    }

    private void ExpireDue()
    {
        _held.LoseDue(_parts.Turn.Ms, TellGone);
        Arm();
    }
}
