using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>Keeps one family's routing table alive: confirmation rounds and purges (section 6.3). Owner thread only.</summary>
internal sealed class Maintenance
{
    // All times of section 6.3, in milliseconds.
    private const long FirstRoundMsMin = 3_000, FirstRoundMsMax = 5_000;
    private const long BusyRoundMsMin = 5_000, BusyRoundMsMax = 25_000;
    private const long IdleRoundMsMin = 60_000, IdleRoundMsMax = 180_000;
    private const long PurgeMsMin = 120_000, PurgeMsMax = 360_000;
    private const long BucketSilenceMs = 10 * 60_000;
    private const long OwnBucketGrowthMs = 150_000;

    /// <summary>So long after the start no round is idle: the buckets of a newcomer fill from round to round, and others learn of it by being asked.</summary>
    private const long YoungMs = 5 * 60_000;

    /// <summary>A round begins this soon after the first contact.</summary>
    private const long FirstContactMs = 1_000;

    /// <summary>One in eight looks at a quiet bucket goes to its neighbour, one in 38 asks for the other family too (section 6.3).</summary>
    private const int NeighbourChance = 8, OtherFamilyChance = 38;

    private readonly FamilyParts _family;
    private readonly FamilyParts? _other;
    private readonly OwnerParts _parts;
    private readonly INodeRandom _random;
    private readonly long _bornMs;
    private Timer? _round;

    public Maintenance(FamilyParts family, FamilyParts? other, OwnerParts parts, INodeRandom random)
    {
        _family = family;
        _other = other;
        _parts = parts;
        _random = random;
        _bornMs = parts.Turn.Ms;
        _round = parts.Timers.Schedule(parts.Turn.Ms + Between(FirstRoundMsMin, FirstRoundMsMax), Round);
        parts.Timers.Schedule(parts.Turn.Ms + Between(PurgeMsMin, PurgeMsMax), Purge);
    }

    private InfoHash Self => _parts.Context.Options.Id;

    private long NowMs => _parts.Turn.Ms;

    /// <summary>The first contact of a lonely table: look around soon.</summary>
    public void Hurry() => ScheduleRound(FirstContactMs);

    private void Round()
    {
        bool sent = false;
        if (_family.Table.Count(NowMs).Good > 0 && !_family.Searches.Contains(Self))
        {
            _family.Searches.Get(Self).Add(new LookupTask());
            sent = true;
        }

        IReadOnlyList<BucketInfo> buckets = _family.Table.Snapshot();
        for (int i = 0; i < buckets.Count; i++) sent |= ConfirmBucket(buckets, i);
        sent |= AskWhoWaitsNearby();
        sent |= NowMs - _bornMs < YoungMs;
        if (!sent && NowMs - _family.Table.OwnBucketGrewMs < OwnBucketGrowthMs) sent = LookNearby();
        ScheduleRound(sent ? Between(BusyRoundMsMin, BusyRoundMsMax) : Between(IdleRoundMsMin, IdleRoundMsMax));
    }

    // Due as stock sees it: nobody there, or nobody there who answered lately. Beyond that a bucket with room for more good contacts is looked after too,
    // or the halves of a young network, which know each other by one common acquaintance, would look up keys each for themselves.
    private bool ConfirmBucket(IReadOnlyList<BucketInfo> buckets, int index)
    {
        BucketInfo bucket = buckets[index];
        int good = bucket.Contacts.Count(c => c.IsGood(NowMs));
        bool due = good == 0 || NowMs - bucket.RepliedMs >= BucketSilenceMs;
        bool sparse = good < RoutingTable.BucketSize && !IsOwn(bucket);
        if (!due && !sparse) return false;
        IReadOnlyList<Contact> source = bucket.Contacts;
        if (source.Count == 0)
        {
            // Stock asks a neighbour bucket. But neighbours know the same nodes, and the one contact that knows more may be anywhere.
            source = [.. buckets.SelectMany(b => b.Contacts)];
        }
        else if (due && _random.NextUInt64() % NeighbourChance == 0)
        {
            int neighbour = index > 0 && (index + 1 == buckets.Count || (_random.NextUInt64() & 1) == 0) ? index - 1 : index + 1;
            if (neighbour < buckets.Count && buckets[neighbour].Contacts.Count > 0) source = buckets[neighbour].Contacts;
        }

        if (Pick(source) is not { } contact) return false;
        // A contact that is already being asked answers for its bucket soon enough.
        if (contact.PendingRequests == 0) _parts.Queries.Find(contact, RandomIdIn(bucket), OtherWant(), Quiet(contact));
        return due;
    }

    private bool IsOwn(BucketInfo bucket) => Self.CommonPrefixBits(bucket.First) >= bucket.Depth;

    // Our own bucket splits when it is full and one more answers: a neighbour that waits for a place there gets one by being asked.
    private bool AskWhoWaitsNearby()
    {
        if (_family.Table.BucketOf(Self).Cached is not { IsExpired: false, PendingRequests: 0 } candidate) return false;
        _parts.Queries.Find(candidate, Self, OtherWant(), Quiet(candidate));
        return true;
    }

    // Somebody with nearly our id answers for our neighbourhood best.
    private bool LookNearby()
    {
        BucketInfo own = _family.Table.BucketOf(Self);
        if (Pick(own.Contacts) is not { PendingRequests: 0 } contact) return false;
        Span<byte> id = stackalloc byte[InfoHash.Bytes];
        Self.CopyTo(id);
        id[^1] = (byte)_random.NextUInt64();
        _parts.Queries.Find(contact, new InfoHash(id), BothFamilies(), Quiet(contact));
        return true;
    }

    private void Purge()
    {
        var candidates = new List<Contact>();
        _family.Table.PurgeExpired(_parts.Turn.Now, candidates);
        foreach (Contact candidate in candidates) _parts.Queries.Ping(candidate, Quiet(candidate));
        _family.Searches.RemoveIdle();
        if (_family.Contacts.Count > ContactBook.ContactsMax / 2) _family.Contacts.Prune();
        _parts.Timers.Schedule(NowMs + Between(PurgeMsMin, PurgeMsMax), Purge);
    }

    private void ScheduleRound(long inMs)
    {
        _round?.Cancel();
        _round = _parts.Timers.Schedule(NowMs + inMs, Round);
    }

    // Rather one that has yet to prove itself: only who answered is handed out to others.
    private Contact? Pick(IReadOnlyList<Contact> contacts)
    {
        List<Contact> alive = contacts.Where(c => !c.IsExpired).ToList();
        if (alive.Any(c => !c.IsGood(NowMs))) alive.RemoveAll(c => c.IsGood(NowMs));
        return alive.Count == 0 ? null : alive[(int)(_random.NextUInt64() % (ulong)alive.Count)];
    }

    private InfoHash RandomIdIn(BucketInfo bucket)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        _random.Fill(bytes);
        var id = new InfoHash(bytes);
        for (int bit = 0; bit < bucket.Depth; bit++) id = id.WithBit(bit, bucket.First.Bit(bit));
        return id;
    }

    private Want OtherWant()
    {
        if (_other is null) return Want.Unsaid;
        bool sparse = _other.Table.Count(NowMs).Good < RoutingTable.BucketSize;
        return sparse || _random.NextUInt64() % OtherFamilyChance == 0 ? BothFamilies() : Want.Unsaid;
    }

    private Want BothFamilies() => _other is null ? Want.Unsaid : Want.V4 | Want.V6;

    // The answer itself does the work: it confirms the contact and brings nodes, wherever it came from.
    private static RequestEvents Quiet(Contact _) => new() { Replied = (in Message _, IReadOnlyList<ReadOnlyMemory<byte>> _) => { } };

    private long Between(long minMs, long maxMs) => minMs + (long)(_random.NextUInt64() % (ulong)(maxMs - minMs + 1));
}
