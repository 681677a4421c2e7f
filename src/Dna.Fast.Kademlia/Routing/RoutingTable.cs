using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Routing;

/// <summary>How sure we are of a contact (section 6.2).</summary>
public enum Confirmation : byte
{
    /// <summary>Somebody listed it.</summary>
    Listed,

    /// <summary>It sent us something.</summary>
    Incoming,

    /// <summary>It replied to us.</summary>
    Replied,
}

/// <summary>What came of offering a contact to the table.</summary>
public enum InsertStatus : byte
{
    /// <summary>It was in the table already.</summary>
    Known,

    Inserted,

    /// <summary>It took the place of an expired contact.</summary>
    ReplacedExpired,

    /// <summary>Its bucket is full: it waits as the cached candidate; <see cref="InsertResult.Ping"/>, if any, decides.</summary>
    Cached,

    /// <summary>There is no place for it.</summary>
    Full,
}

/// <param name="Status">What happened.</param>
/// <param name="Ping">A contact the caller should ping: a doubtful one whose place is wanted; or null.</param>
public readonly record struct InsertResult(InsertStatus Status, Contact? Ping);

/// <summary>One family's routing table (section 6.1): immutable buckets, one writer, lock-free readers.</summary>
public sealed class RoutingTable
{
    /// <summary>Contacts per bucket (k).</summary>
    public const int BucketSize = 8;

    public RoutingTable(in InfoHash self, IpFamily family) => throw new NotImplementedException();

    public IpFamily Family => throw new NotImplementedException();

    /// <summary>Bootstrap mode: buckets less than 6 deep also split. Owner thread.</summary>
    public bool IsBootstrap { get; set; }

    /// <summary>Offers a contact. Owner thread.</summary>
    public InsertResult Insert(Contact contact, Confirmation confirmation, in Instant now) => throw new NotImplementedException();

    /// <summary>Takes expired contacts out and hands over the cached candidates of their buckets, which the caller pings. Owner thread.</summary>
    public void PurgeExpired(in Instant now, ICollection<Contact> candidatesToPing) => throw new NotImplementedException();

    /// <summary>The network changed (section 6.9): bucket times start anew. Owner thread.</summary>
    public void Forget() => throw new NotImplementedException();

    /// <summary>Finds a contact by id. Any thread; allocates nothing.</summary>
    public Contact? Find(in InfoHash id) => throw new NotImplementedException();

    /// <summary>True when offering an unknown contact with this id could change the table: a cheap filter for the packet threads. Any thread.</summary>
    public bool CouldTake(in InfoHash id, long nowMs) => throw new NotImplementedException();

    /// <summary>Writes the compact list (section 2.1) of at most 8 good contacts nearest to <paramref name="target"/>, nearest first. Any thread; allocates nothing.</summary>
    /// <returns>Bytes written: a multiple of 26 or 38.</returns>
    public int WriteClosest(in InfoHash target, long nowMs, Span<byte> destination) => throw new NotImplementedException();

    /// <summary>The nearest contacts (good ones only, or all that are not expired), nearest first. Any thread; allocates nothing.</summary>
    /// <returns>How many of <paramref name="closest"/> were filled.</returns>
    public int Closest(in InfoHash target, long nowMs, bool goodOnly, Span<Contact?> closest) => throw new NotImplementedException();

    /// <summary>
    /// The too-far rule of put (section 2.5, check 3): true when at least 8 good contacts are among the 14 closest to <paramref name="key"/> and the farthest of
    /// these 8 is nearer to it than we are. Any thread; allocates nothing.
    /// </summary>
    public bool IsTooFar(in InfoHash key, long nowMs) => throw new NotImplementedException();

    /// <summary>A snapshot for people and for maintenance: buckets in order of their lower bound. Any thread.</summary>
    public IReadOnlyList<BucketInfo> Snapshot() => throw new NotImplementedException();

    /// <summary>The bucket an id belongs to. Owner thread.</summary>
    public BucketInfo BucketOf(in InfoHash id) => throw new NotImplementedException();

    /// <summary>A bucket's reply time is now. Owner thread. (<see cref="Insert"/> with <see cref="Confirmation.Replied"/> does it too.)</summary>
    public void NoteReply(in InfoHash id, long nowMs) => throw new NotImplementedException();

    /// <summary>When the bucket of our own id last grew, <see cref="Contact.Never"/> if it did not.</summary>
    public long OwnBucketGrewMs => throw new NotImplementedException();

    /// <summary>Counts of contacts by state (section 6.2). Any thread.</summary>
    public (int Good, int Dubious, int Cached, int Incoming) Count(long nowMs) => throw new NotImplementedException();

    /// <summary>Throws when an invariant is broken: partition, sizes, membership, order. Tests and the simulator call it after every change.</summary>
    public void CheckInvariant() => throw new NotImplementedException();
}

/// <summary>One bucket, as it was at one moment.</summary>
/// <param name="First">Lower bound of its ids.</param>
/// <param name="Depth">Number of leading bits all its ids share.</param>
/// <param name="Contacts">At most 8.</param>
/// <param name="RepliedMs">Time of the last reply from it.</param>
/// <param name="Cached">The candidate, or null.</param>
public sealed record BucketInfo(InfoHash First, int Depth, IReadOnlyList<Contact> Contacts, long RepliedMs, Contact? Cached);
