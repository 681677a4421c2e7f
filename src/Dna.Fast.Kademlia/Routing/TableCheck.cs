using System.Globalization;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Routing;

/// <summary>Checks one snapshot of a routing table against everything that is always true of it.</summary>
internal sealed class TableCheck(InfoHash self, IpFamily family, int bootstrapDepth)
{
    private readonly HashSet<InfoHash> _seen = [];

    /// <exception cref="InvalidOperationException">What is broken.</exception>
    public void Run(TableNode root) => Visit(root, InfoHash.Zero, 0);

    // The tree partitions the ids by its shape: what remains to check is that each leaf says what its place says.
    private void Visit(TableNode node, InfoHash first, int depth)
    {
        if (node is Branch branch)
        {
            Require(depth < InfoHash.Bits, "a branch lies deeper than ids are long", first, depth);
            Require(self.CommonPrefixBits(first) >= depth || depth < bootstrapDepth, "a bucket was split that never may be", first, depth);
            Visit(branch.Zero, first, depth + 1);
            Visit(branch.One, first.WithBit(depth, true), depth + 1);
            return;
        }

        Bucket bucket = (Bucket)node;
        Require(bucket.First == first && bucket.Depth == depth, "a bucket's bounds are not those of its place", first, depth);
        Require(bucket.Entries.Length <= RoutingTable.BucketSize, "a bucket holds more than 8 contacts", first, depth);
        foreach (ref readonly BucketEntry entry in bucket.Entries)
        {
            Require(entry.Id == entry.Contact.Id, "an entry's id is not its contact's", first, depth);
            CheckMember(bucket, entry.Contact);
        }

        if (bucket.Cached is not null) CheckMember(bucket, bucket.Cached);
    }

    private void CheckMember(Bucket bucket, Contact contact)
    {
        Require(bucket.Covers(contact.Id), "a contact is in the wrong bucket", bucket.First, bucket.Depth);
        Require(contact.Id != self, "our own id is in the table", bucket.First, bucket.Depth);
        Require(contact.Family == family, "a contact is of the other family", bucket.First, bucket.Depth);
        Require(_seen.Add(contact.Id), "a contact is in the table twice", bucket.First, bucket.Depth);
    }

    private static void Require(bool condition, string broken, InfoHash first, int depth)
    {
        if (!condition) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{broken} (bucket {first}/{depth})"));
    }
}
