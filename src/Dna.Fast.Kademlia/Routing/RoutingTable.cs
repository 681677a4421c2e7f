using System.Buffers.Binary;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Routing;

// Where this table differs from the Kademlia paper (Maymounkov and Mazieres, 2002); the network's habits decide (section 6.1):
//  1. k is 8, not 20.
//  2. Buckets are not kept in order of last contact. An expired contact loses its place to any newcomer; while a contact is doubtful (not good), it is
//     pinged, and only its silence makes room.
//  3. There is one replacement candidate per bucket, not a list of k.
//  4. Only the bucket of our own id splits, and only while none of its contacts is doubtful or it is the only bucket. The paper's optimised splitting is
//     absent; instead, in bootstrap mode, every bucket less than 6 deep splits under the same condition, so that a bootstrap node knows the whole network a little.
//  5. Buckets never merge again: an emptied one waits for new contacts.
//  6. A contact is handed out only after it replied to us and while it is heard from; the paper hands out whoever is in a bucket.
//  7. A contact is its id; its address follows its packets.
//  8. A bucket is refreshed after 10 minutes without a reply, not after an hour.
//  9. Each address family has a table of its own under the same id. Our own id is never in it.
//
// The buckets are the leaves of a binary tree over the bits of the ids:
//
//                      (bit 0)
//                     /       \
//              [0...: 8]    (bit 1)            self = 110...
//                          /       \
//                   [10..: 8]    (bit 2)       only the way to our own id is long,
//                               /       \      the tree has about 2 log2(network size) nodes
//                        [111.: 8]   [110.: 5]
//
// Threads: one writer, the node's owner thread; any number of readers. Every node of the tree is immutable. A change copies the nodes between the changed
// bucket and the root and publishes the new root by one release store; a reader takes the root by one acquire load and works on that tree alone, so all it sees is
// one state the table really had. The garbage collector frees a tree when its last reader is gone. What contacts say of themselves (last heard, expired) are
// plain atomic fields outside the snapshot.

/// <summary>One family's routing table (section 6.1): immutable buckets, one writer, lock-free readers.</summary>
public sealed class RoutingTable
{
    /// <summary>Contacts per bucket (k).</summary>
    public const int BucketSize = 8;

    /// <summary>How deep a bucket that is not our own may split in bootstrap mode, in bits: 64 buckets (section 6.1).</summary>
    public const int BootstrapDepth = 6;

    /// <summary>How many of the closest contacts the too-far rule looks at (section 2.5).</summary>
    public const int TooFarContacts = 14;

    private readonly InfoHash _self;
    private readonly int _bootstrapDepth;
    private TableNode _root = Bucket.Everything();
    private long _ownBucketGrewMs = Contact.Never;
    private volatile bool _isBootstrap;

    /// <param name="self">Our own id.</param>
    /// <param name="family">Family of all contacts.</param>
    /// <param name="bootstrapDepth">Depth to which all buckets split in bootstrap mode, in bits, 0 to 160. Other values than the default are for measuring large tables.</param>
    public RoutingTable(in InfoHash self, IpFamily family, int bootstrapDepth = BootstrapDepth)
    {
        _self = self;
        _bootstrapDepth = bootstrapDepth;
        Family = family;
    }

    public IpFamily Family { get; }

    /// <summary>Bootstrap mode: buckets less than 6 deep also split. Owner thread.</summary>
    public bool IsBootstrap
    {
        get => _isBootstrap;
        set => _isBootstrap = value;
    }

    /// <summary>When the bucket of our own id last took a contact, <see cref="Contact.Never"/> if it did not. Any thread.</summary>
    public long OwnBucketGrewMs => Volatile.Read(ref _ownBucketGrewMs);

    /// <summary>Offers a contact. Owner thread. Our own id gets <see cref="InsertStatus.Full"/>.</summary>
    /// <remarks>A contact is known by its id; while it is in a bucket, the owner uses the object that is there (<see cref="Find"/>), for its times are what counts.</remarks>
    /// <exception cref="ArgumentException">The contact is of the other family.</exception>
    public InsertResult Insert(Contact contact, Confirmation confirmation, in Instant now)
    {
        if (contact.Family != Family) throw new ArgumentException("a table holds contacts of one family", nameof(contact));
        InfoHash id = contact.Id;
        if (id == _self) return new InsertResult(InsertStatus.Full, null);
        Bucket bucket = Leaf(_root, id);
        if (confirmation == Confirmation.Replied) bucket.Replied.Ms = now.Ms;
        if (bucket.Find(id) is not null) return new InsertResult(InsertStatus.Known, null);

        Contact? ping = null;
        TableNode node = Place(bucket, contact, confirmation, now.Ms, out InsertStatus status, ref ping);
        if (node != bucket) Publish(bucket, node);
        return new InsertResult(status, ping);
    }

    /// <summary>Takes expired contacts out and hands over the cached candidates of their buckets, which the caller pings. Owner thread.</summary>
    public void PurgeExpired(in Instant now, ICollection<Contact> candidatesToPing)
    {
        TableNode root = Purge(_root, candidatesToPing);
        if (root != _root) Volatile.Write(ref _root, root);
    }

    /// <summary>The network changed (section 6.9): bucket times start anew. Owner thread.</summary>
    public void Forget()
    {
        foreach (Bucket bucket in Leaves(_root)) bucket.Replied.Ms = Contact.Never;
        Volatile.Write(ref _ownBucketGrewMs, Contact.Never);
    }

    /// <summary>Finds a contact by id. Any thread; allocates nothing.</summary>
    public Contact? Find(in InfoHash id) => Leaf(Volatile.Read(ref _root), id).Find(id);

    /// <summary>True when offering an unknown contact with this id could change the table: a cheap filter for the packet threads. Any thread; allocates nothing.</summary>
    /// <remarks>A stranger does not displace a candidate that waits already (an offer by the owner may); so a full bucket of good contacts costs the owner nothing.</remarks>
    public bool CouldTake(in InfoHash id, long nowMs)
    {
        if (id == _self) return false;
        Bucket bucket = Leaf(Volatile.Read(ref _root), id);
        if (!bucket.IsFull || MaySplit(bucket)) return true;
        return bucket.Cached is null || bucket.Cached.IsExpired || bucket.HasDoubtful(nowMs);
    }

    /// <summary>Writes the compact list (section 2.1) of at most 8 good contacts nearest to <paramref name="target"/>, nearest first. Any thread; allocates nothing.</summary>
    /// <returns>Bytes written: a multiple of 26 or 38.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is too small for what was found; 8 entries always fit into 208 (IPv4) or 304 bytes.</exception>
    public int WriteClosest(in InfoHash target, long nowMs, Span<byte> destination)
    {
        EightContacts closest = default;
        int count = Closest(target, nowMs, goodOnly: true, closest);
        int bytes = 0;
        for (int i = 0; i < count; i++)
        {
            Contact contact = closest[i]!;
            NodeAddress address = contact.Address;
            contact.Id.CopyTo(destination[bytes..]);
            bytes += InfoHash.Bytes;
            bytes += address.WriteAddress(destination[bytes..]);
            BinaryPrimitives.WriteUInt16BigEndian(destination[bytes..], address.Port);
            bytes += sizeof(ushort);
        }

        return bytes;
    }

    /// <summary>The nearest contacts (good ones only, or all that are not expired), nearest first. Any thread; allocates nothing.</summary>
    /// <returns>How many of <paramref name="closest"/> were filled.</returns>
    public int Closest(in InfoHash target, long nowMs, bool goodOnly, Span<Contact?> closest) =>
        new ClosestWalk(target, nowMs, goodOnly, closest).Run(Volatile.Read(ref _root));

    /// <summary>
    /// The too-far rule of put (section 2.5, check 3): true when at least 8 good contacts are among the 14 closest to <paramref name="key"/> and the farthest of
    /// these 8 is nearer to it than we are. Any thread; allocates nothing.
    /// </summary>
    public bool IsTooFar(in InfoHash key, long nowMs) => TooFarRule.Holds(Volatile.Read(ref _root), _self, key, nowMs);

    /// <summary>A snapshot for people and for maintenance: buckets in order of their lower bound. Any thread.</summary>
    public IReadOnlyList<BucketInfo> Snapshot() => Leaves(Volatile.Read(ref _root)).ConvertAll(static bucket => bucket.ToInfo());

    /// <summary>The bucket an id belongs to. Any thread.</summary>
    public BucketInfo BucketOf(in InfoHash id) => Leaf(Volatile.Read(ref _root), id).ToInfo();

    /// <summary>A bucket's reply time is now. Owner thread. (<see cref="Insert"/> with <see cref="Confirmation.Replied"/> does it too.)</summary>
    public void NoteReply(in InfoHash id, long nowMs) => Leaf(_root, id).Replied.Ms = nowMs;

    /// <summary>Counts of contacts by state (section 6.2); cached candidates are counted apart. Any thread.</summary>
    public (int Good, int Dubious, int Cached, int Incoming) Count(long nowMs)
    {
        int good = 0, dubious = 0, cached = 0, incoming = 0;
        foreach (Bucket bucket in Leaves(Volatile.Read(ref _root)))
        {
            if (bucket.Cached is not null) cached++;
            foreach (ref readonly BucketEntry entry in bucket.Entries)
            {
                if (entry.Contact.IsGood(nowMs)) good++;
                else if (!entry.Contact.IsExpired) dubious++;
                if (entry.Contact.IsIncoming) incoming++;
            }
        }

        return (good, dubious, cached, incoming);
    }

    /// <summary>Throws when an invariant is broken: partition, sizes, membership, order. Tests and the simulator call it after every change. Any thread.</summary>
    /// <exception cref="InvalidOperationException">What is broken.</exception>
    public void CheckInvariant() => new TableCheck(_self, Family, _bootstrapDepth).Run(Volatile.Read(ref _root));

    internal static Bucket Leaf(TableNode node, in InfoHash id)
    {
        for (int depth = 0; node is Branch branch; depth++) node = branch.Child(id.Bit(depth));
        return (Bucket)node;
    }

    private static List<Bucket> Leaves(TableNode root)
    {
        List<Bucket> leaves = [];
        Gather(root, leaves);
        return leaves;
    }

    private static void Gather(TableNode node, List<Bucket> leaves)
    {
        for (; node is Branch branch; node = branch.One) Gather(branch.Zero, leaves);
        leaves.Add((Bucket)node);
    }

    // A bucket as deep as ids are long holds one id at most, so it never needs to split.
    private bool MaySplit(Bucket bucket) =>
        bucket.Depth < InfoHash.Bits && (bucket.Covers(_self) || (_isBootstrap && bucket.Depth < _bootstrapDepth));

    /// <summary>Finds a place for a contact the bucket does not have; returns what the bucket becomes (itself, when nothing changes).</summary>
    private TableNode Place(Bucket bucket, Contact contact, Confirmation confirmation, long nowMs, out InsertStatus status, ref Contact? ping)
    {
        if (!bucket.IsFull)
        {
            NoteGrowth(bucket, nowMs);
            status = InsertStatus.Inserted;
            return bucket.With(contact);
        }

        bool hasDoubtful = false;
        Contact? doubtful = null;
        for (int i = 0; i < bucket.Entries.Length; i++)
        {
            Contact known = bucket.Entries[i].Contact;
            if (known.IsExpired)
            {
                NoteGrowth(bucket, nowMs);
                status = InsertStatus.ReplacedExpired;
                return bucket.WithAt(i, contact);
            }

            if (known.IsGood(nowMs)) continue;
            hasDoubtful = true;
            if (doubtful is null && known.PendingRequests == 0) doubtful = known;
        }

        ping ??= doubtful;
        if (MaySplit(bucket) && (!hasDoubtful || bucket.Depth == 0)) return Split(bucket, contact, confirmation, nowMs, out status, ref ping);
        return Cache(bucket, contact, confirmation, out status);
    }

    private Branch Split(Bucket bucket, Contact contact, Confirmation confirmation, long nowMs, out InsertStatus status, ref Contact? ping)
    {
        if (bucket.Cached is { IsExpired: false } candidate && candidate.Id != contact.Id) ping ??= candidate;
        Branch branch = bucket.Split();
        bool bit = contact.Id.Bit(bucket.Depth);
        return branch.With(bit, Place((Bucket)branch.Child(bit), contact, confirmation, nowMs, out status, ref ping));
    }

    private static Bucket Cache(Bucket bucket, Contact contact, Confirmation confirmation, out InsertStatus status)
    {
        // The same id in another object: the owner forgot the first and deals with the second from now on.
        bool mayTakePlace = bucket.Cached is not { IsExpired: false } candidate || candidate.Id == contact.Id || confirmation != Confirmation.Listed;
        status = mayTakePlace ? InsertStatus.Cached : InsertStatus.Full;
        return mayTakePlace && bucket.Cached != contact ? bucket.WithCached(contact) : bucket;
    }

    private void NoteGrowth(Bucket bucket, long nowMs)
    {
        if (bucket.Covers(_self)) Volatile.Write(ref _ownBucketGrewMs, nowMs);
    }

    private void Publish(Bucket old, TableNode replacement) => Volatile.Write(ref _root, Rebuild(_root, 0, old, replacement));

    private static TableNode Rebuild(TableNode node, int depth, Bucket old, TableNode replacement)
    {
        if (node is not Branch branch) return replacement;
        bool bit = old.First.Bit(depth);
        return branch.With(bit, Rebuild(branch.Child(bit), depth + 1, old, replacement));
    }

    private static TableNode Purge(TableNode node, ICollection<Contact> candidatesToPing)
    {
        if (node is Branch branch)
        {
            TableNode zero = Purge(branch.Zero, candidatesToPing), one = Purge(branch.One, candidatesToPing);
            return zero == branch.Zero && one == branch.One ? branch : new Branch(zero, one);
        }

        Bucket bucket = (Bucket)node, purged = bucket.WithoutExpired();
        if (purged.Cached is null && bucket.Cached is { IsExpired: false } candidate) candidatesToPing.Add(candidate);
        return purged;
    }
}
