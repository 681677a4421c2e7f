using System.Runtime.CompilerServices;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Routing;

/// <summary>Finds the contacts nearest to a target in one snapshot of the table. Allocates nothing.</summary>
/// <remarks>
/// In a tree split by bits, every id on the target's side of a branch is nearer to it by XOR than every id on the other side. So the walk goes to the
/// target's side first and stops when it has enough; only inside a bucket are there distances to compare.
/// </remarks>
internal ref struct ClosestWalk(in InfoHash target, long nowMs, bool goodOnly, Span<Contact?> closest)
{
    private const ulong IndexMask = RoutingTable.BucketSize - 1;

    private readonly InfoHash _target = target;
    private readonly long _nowMs = nowMs;
    private readonly bool _goodOnly = goodOnly;
    private readonly Span<Contact?> _closest = closest;
    private int _count;

    /// <summary>Fills the span, nearest first.</summary>
    /// <returns>How many were found.</returns>
    public int Run(TableNode root)
    {
        if (_closest.Length > 0) Visit(root, 0);
        return _count;
    }

    // Recursion is as deep as the tree: at most 160.
    private void Visit(TableNode node, int depth)
    {
        while (node is Branch branch)
        {
            bool bit = _target.Bit(depth);
            depth++;
            Visit(branch.Child(bit), depth);
            if (_count == _closest.Length) return;
            node = branch.Child(!bit);
        }

        Take((Bucket)node);
    }

    // Appends the bucket's contacts, nearest first. What is sorted are numbers on the stack: the first 61 bits of the distance above the 3 bits of the index;
    // references move once, at the end.
    private void Take(Bucket bucket)
    {
        ReadOnlySpan<BucketEntry> entries = bucket.Entries;
        Span<ulong> keys = stackalloc ulong[RoutingTable.BucketSize];
        int found = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly BucketEntry entry = ref entries[i];
            if (_goodOnly ? !entry.Contact.IsGood(_nowMs) : entry.Contact.IsExpired) continue;
            ulong key = (entry.Id.Prefix ^ _target.Prefix) & ~IndexMask | (uint)i;
            int at = found++;
            for (; at > 0 && IsNearer(key, keys[at - 1], entries); at--) keys[at] = keys[at - 1];
            keys[at] = key;
        }

        found = Math.Min(found, _closest.Length - _count);
        for (int i = 0; i < found; i++) _closest[_count++] = entries[(int)(keys[i] & IndexMask)].Contact;
    }

    private readonly bool IsNearer(ulong key, ulong other, ReadOnlySpan<BucketEntry> entries)
    {
        if ((key ^ other) > IndexMask) return key < other;
        return _target.CompareDistance(entries[(int)(key & IndexMask)].Id, entries[(int)(other & IndexMask)].Id) < 0;
    }
}

/// <summary>Room for the contacts of one compact list, on the stack.</summary>
[InlineArray(RoutingTable.BucketSize)]
internal struct EightContacts
{
    private Contact? _first;
}
