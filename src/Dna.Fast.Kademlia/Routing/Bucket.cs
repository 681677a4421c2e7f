using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Routing;

/// <summary>A node of the table's tree: a <see cref="Branch"/> or, as a leaf, a <see cref="Bucket"/>. Immutable.</summary>
internal abstract class TableNode;

/// <summary>A split: ids whose next bit is 0, and those whose next bit is 1. How deep it lies follows from the way to it.</summary>
internal sealed class Branch(TableNode zero, TableNode one) : TableNode
{
    public TableNode Zero { get; } = zero;

    public TableNode One { get; } = one;

    public TableNode Child(bool bit) => bit ? One : Zero;

    public Branch With(bool bit, TableNode child) => bit ? new Branch(Zero, child) : new Branch(child, One);
}

/// <summary>A contact and its id: the ids of a bucket lie next to each other in memory, so that a search touches few cache lines.</summary>
internal readonly struct BucketEntry(Contact contact)
{
    public readonly InfoHash Id = contact.Id;
    public readonly Contact Contact = contact;
}

/// <summary>When a bucket last had a reply. The one thing of a bucket that changes in place: every reply moves it, and nobody's answer depends on it.</summary>
internal sealed class ReplyTime(long ms)
{
    private long _ms = ms;

    /// <summary>Any thread reads; the table's writer writes.</summary>
    public long Ms
    {
        get => Volatile.Read(ref _ms);
        set => Volatile.Write(ref _ms, value);
    }
}

/// <summary>The contacts whose ids share the first <see cref="Depth"/> bits. Immutable but for <see cref="Replied"/>: a change makes a new bucket.</summary>
internal sealed class Bucket : TableNode
{
    private readonly BucketEntry[] _entries;

    private Bucket(in InfoHash first, int depth, BucketEntry[] entries, Contact? cached, ReplyTime replied)
    {
        First = first;
        Depth = depth;
        _entries = entries;
        Cached = cached;
        Replied = replied;
    }

    /// <summary>The bucket a table begins with: all ids, no contacts.</summary>
    public static Bucket Everything() => new(InfoHash.Zero, 0, [], null, new ReplyTime(Contact.Never));

    /// <summary>Its smallest id: the shared bits, then zeros.</summary>
    public InfoHash First { get; }

    public int Depth { get; }

    public ReadOnlySpan<BucketEntry> Entries => _entries;

    public Contact? Cached { get; }

    public ReplyTime Replied { get; }

    public bool IsFull => _entries.Length >= RoutingTable.BucketSize;

    /// <summary>True when <paramref name="id"/> belongs into this bucket.</summary>
    public bool Covers(in InfoHash id) => id.CommonPrefixBits(First) >= Depth;

    public Contact? Find(in InfoHash id)
    {
        foreach (ref readonly BucketEntry entry in _entries.AsSpan())
        {
            if (entry.Id == id) return entry.Contact;
        }

        return null;
    }

    public bool HasDoubtful(long nowMs)
    {
        foreach (ref readonly BucketEntry entry in _entries.AsSpan())
        {
            if (!entry.Contact.IsGood(nowMs)) return true;
        }

        return false;
    }

    /// <summary>With one more contact at the end, so that the order of entries is the order of their coming.</summary>
    public Bucket With(Contact contact) =>
        new(First, Depth, [.. _entries, new BucketEntry(contact)], Cached?.Id == contact.Id ? null : Cached, Replied);

    /// <summary>With another contact in place <paramref name="index"/>.</summary>
    public Bucket WithAt(int index, Contact contact)
    {
        BucketEntry[] entries = [.. _entries];
        entries[index] = new BucketEntry(contact);
        return new Bucket(First, Depth, entries, Cached?.Id == contact.Id ? null : Cached, Replied);
    }

    public Bucket WithCached(Contact? cached) => new(First, Depth, _entries, cached, Replied);

    /// <summary>Without expired contacts, and without a candidate when one of them made room for it or when it expired itself. This bucket when nothing expired.</summary>
    public Bucket WithoutExpired()
    {
        BucketEntry[] alive = Array.FindAll(_entries, static entry => !entry.Contact.IsExpired);
        bool keepsCached = alive.Length == _entries.Length && Cached is not { IsExpired: true };
        if (alive.Length == _entries.Length && (keepsCached || Cached is null)) return this;
        return new Bucket(First, Depth, alive, keepsCached ? Cached : null, Replied);
    }

    /// <summary>Its two halves; both inherit its reply time, neither its candidate.</summary>
    public Branch Split() => new(Half(false), Half(true));

    private Bucket Half(bool bit)
    {
        int depth = Depth;
        BucketEntry[] half = Array.FindAll(_entries, entry => entry.Id.Bit(depth) == bit);
        return new Bucket(First.WithBit(depth, bit), depth + 1, half, null, new ReplyTime(Replied.Ms));
    }

    public BucketInfo ToInfo() => new(First, Depth, Array.ConvertAll(_entries, static entry => entry.Contact), Replied.Ms, Cached);
}
