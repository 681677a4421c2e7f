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

    // Sorts the bucket's contacts into the span behind those of nearer buckets, dropping the farthest when it is full.
    private void Take(Bucket bucket)
    {
        int start = _count;
        foreach (ref readonly BucketEntry entry in bucket.Entries)
        {
            Contact contact = entry.Contact;
            if (_goodOnly ? !contact.IsGood(_nowMs) : contact.IsExpired) continue;
            int at = _count;
            while (at > start && _target.CompareDistance(entry.Id, _closest[at - 1]!.Id) < 0) at--;
            if (at == _closest.Length) continue;
            int last = Math.Min(_count, _closest.Length - 1);
            for (int i = last; i > at; i--) _closest[i] = _closest[i - 1];
            _closest[at] = contact;
            _count = last + 1;
        }
    }
}

/// <summary>Room for the contacts of one compact list, on the stack.</summary>
[InlineArray(RoutingTable.BucketSize)]
internal struct EightContacts
{
    private Contact? _first;
}

/// <summary>Room for the contacts the too-far rule looks at, on the stack.</summary>
[InlineArray(RoutingTable.TooFarContacts)]
internal struct FourteenContacts
{
    private Contact? _first;
}
