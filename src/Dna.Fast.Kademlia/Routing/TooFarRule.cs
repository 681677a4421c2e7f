using System.Runtime.CompilerServices;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Routing;

/// <summary>Whether a key is so far from us that others are to store it (section 2.5, check 3). Any thread; allocates nothing.</summary>
internal static class TooFarRule
{
    /// <summary>True when at least 8 good contacts are among the 14 closest to <paramref name="key"/> and the farthest of these 8 is nearer to it than we are.</summary>
    public static bool Holds(TableNode root, in InfoHash self, in InfoHash key, long nowMs)
    {
        // Where we are in the key's bucket, only its contacts can be nearer than we are; where we are not, all of them are, and nearer than any other contact.
        // So a look at that bucket decides nearly always, at less than half the price of the walk.
        Bucket bucket = RoutingTable.Leaf(root, key);
        if (bucket.Covers(self)) return IsFullOfNearer(bucket, self, key, nowMs);
        return (bucket.IsFull && !bucket.HasDoubtful(nowMs)) || HoldsBeyond(root, self, key, nowMs);
    }

    private static bool IsFullOfNearer(Bucket bucket, in InfoHash self, in InfoHash key, long nowMs)
    {
        if (!bucket.IsFull) return false;
        foreach (ref readonly BucketEntry entry in bucket.Entries)
        {
            if (key.CompareDistance(entry.Id, self) >= 0 || !entry.Contact.IsGood(nowMs)) return false;
        }

        return true;
    }

    private static bool HoldsBeyond(TableNode root, in InfoHash self, in InfoHash key, long nowMs)
    {
        FourteenContacts closest = default;
        int count = new ClosestWalk(key, nowMs, goodOnly: false, closest).Run(root);
        int good = 0;
        for (int i = 0; i < count; i++)
        {
            if (!closest[i]!.IsGood(nowMs)) continue;
            if (++good == RoutingTable.BucketSize) return key.CompareDistance(closest[i]!.Id, self) < 0;
        }

        return false;
    }

    /// <summary>Room for the contacts the rule looks at, on the stack.</summary>
    [InlineArray(RoutingTable.TooFarContacts)]
    private struct FourteenContacts
    {
        private Contact? _first;
    }
}
