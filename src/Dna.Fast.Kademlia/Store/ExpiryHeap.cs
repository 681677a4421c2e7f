namespace Dna.Fast.Kademlia.Store;

/// <summary>Slots by expiry, soonest first: a binary heap whose members know their place, so that one can be moved or taken out in log n.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class ExpiryHeap(ExpiryHeap.Scope scope)
{
    /// <summary>Which of a slot's two places this heap writes.</summary>
    public enum Scope : byte
    {
        All,
        Source,
    }

    private MemorySlot[] _slots = [];

    public int Count { get; private set; }

    /// <summary>The slot that expires first. Only when <see cref="Count"/> is not 0.</summary>
    public MemorySlot First => _slots[0];

    /// <summary>The slot that expires next after <see cref="First"/>. Only when <see cref="Count"/> is at least 2.</summary>
    public MemorySlot Second => Count > 2 && Before(_slots[2], _slots[1]) ? _slots[2] : _slots[1];

    public void Add(MemorySlot slot)
    {
        if (Count == _slots.Length) Array.Resize(ref _slots, Math.Max(4, Count * 2));
        Place(slot, Count++);
        Rise(slot);
    }

    public void Remove(MemorySlot slot)
    {
        int hole = slot.Position(scope);
        MemorySlot last = _slots[--Count];
        _slots[Count] = null!;
        slot.Position(scope) = -1;
        if (ReferenceEquals(last, slot)) return;
        Place(last, hole);
        Moved(last);
    }

    /// <summary>Restores the order after the expiry of <paramref name="slot"/> changed.</summary>
    public void Moved(MemorySlot slot)
    {
        Rise(slot);
        Sink(slot);
    }

    private static bool Before(MemorySlot left, MemorySlot right) =>
        left.Info.ExpiresUnixMs != right.Info.ExpiresUnixMs
            ? left.Info.ExpiresUnixMs < right.Info.ExpiresUnixMs
            : left.Sequence < right.Sequence;

    private void Place(MemorySlot slot, int position)
    {
        _slots[position] = slot;
        slot.Position(scope) = position;
    }

    private void Rise(MemorySlot slot)
    {
        int position = slot.Position(scope);
        while (position > 0 && Before(slot, _slots[(position - 1) / 2]))
        {
            Place(_slots[(position - 1) / 2], position);
            position = (position - 1) / 2;
        }

        Place(slot, position);
    }

    private void Sink(MemorySlot slot)
    {
        int position = slot.Position(scope);
        for (int child = 2 * position + 1; child < Count; child = 2 * position + 1)
        {
            if (child + 1 < Count && Before(_slots[child + 1], _slots[child])) child++;
            if (!Before(_slots[child], slot)) break;
            Place(_slots[child], position);
            position = child;
        }

        Place(slot, position);
    }
}
