namespace Dna.Fast.Kademlia.Guard;

/// <summary>Counts events of about the last second in a cell of 8 words. Any thread; lock-free; allocates nothing.</summary>
/// <remarks>
/// Time is cut into slots of 143 ms. A word holds the number of the slot it counts (upper 32 bits) and the count (lower 32), and is used again every 8th slot. The sum of
/// the running slot and the 7 before covers 1,001 to 1,143 ms: never less than a second, so a limit on the sum holds in every second, wherever it begins.
/// A word changes by one atomic operation, and the words of past slots do not change at all; so a sum is late by no more than the additions under way.
/// </remarks>
internal static class SlidingWindow
{
    /// <summary>Words of a cell: together one cache line of 64 bytes.</summary>
    public const int Words = 8;

    /// <summary>Length of a slot: 7 whole ones are the shortest span that is no less than a second.</summary>
    public const int SlotMs = 143;

    /// <summary>The slot a time lies in.</summary>
    public static uint SlotOf(long nowMs) => unchecked((uint)(nowMs / SlotMs));

    /// <summary>Events in the window that ends with <paramref name="slot"/>.</summary>
    public static int Sum(ReadOnlySpan<ulong> cell, uint slot)
    {
        // Plain loads: each word is read once and stands alone, so their order means nothing.
        ReadOnlySpan<ulong> words = cell[..Words];
        uint sum = 0;
        for (int i = 0; i < words.Length; i++)
        {
            ulong word = words[i];
            // Unsigned: a slot of the future, from a worker whose clock was read a moment later, is skipped like one of the past.
            sum += slot - (uint)(word >> 32) < Words ? (uint)word : 0;
        }

        return (int)sum;
    }

    /// <summary>Counts one event.</summary>
    public static void Add(Span<ulong> cell, uint slot)
    {
        ref ulong word = ref cell[(int)(slot % Words)];
        ulong seen = Volatile.Read(ref word);
        while ((uint)(seen >> 32) != slot)
        {
            // The word counts a slot of more than a second ago. Whoever loses this race finds the new slot in it and adds to that.
            ulong before = Interlocked.CompareExchange(ref word, (ulong)slot << 32 | 1, seen);
            if (before == seen) return;
            seen = before;
        }

        Interlocked.Increment(ref word);
    }
}
