using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Routing;

/// <summary>Section 6.1 told once more, as plainly as possible: a sorted list of mutable buckets, changed in place.</summary>
internal sealed class TableModel(InfoHash self)
{
    private readonly List<ModelBucket> _buckets = [new ModelBucket(InfoHash.Zero, 0)];

    public bool IsBootstrap { get; set; }

    public InsertResult Insert(Contact contact, Confirmation confirmation, long nowMs)
    {
        if (contact.Id == self) return new InsertResult(InsertStatus.Full, null);
        if (Of(contact.Id).Contacts.Exists(known => known.Id == contact.Id)) return new InsertResult(InsertStatus.Known, null);
        Contact? ping = null;
        while (true)
        {
            ModelBucket bucket = Of(contact.Id);
            if (bucket.Contacts.Count < 8)
            {
                bucket.Contacts.Add(contact);
                bucket.DropCandidate(contact);
                return new InsertResult(InsertStatus.Inserted, ping);
            }

            int expired = bucket.Contacts.FindIndex(known => known.IsExpired);
            if (expired >= 0)
            {
                // A doubtful contact before the expired one is not pinged: its place is not wanted any more.
                bucket.Contacts[expired] = contact;
                bucket.DropCandidate(contact);
                return new InsertResult(InsertStatus.ReplacedExpired, ping);
            }

            List<Contact> doubtful = bucket.Contacts.FindAll(known => !known.IsGood(nowMs));
            ping ??= doubtful.Find(known => known.PendingRequests == 0);
            bool maySplit = bucket.Depth < 160 && (bucket.Covers(self) || (IsBootstrap && bucket.Depth < 6));
            if (!maySplit || (doubtful.Count > 0 && _buckets.Count > 1)) return new InsertResult(bucket.Offer(contact, confirmation), ping);
            if (bucket.Cached is { IsExpired: false } candidate && candidate.Id != contact.Id) ping ??= candidate;
            Split(bucket);
        }
    }

    public List<Contact> Purge()
    {
        List<Contact> candidates = [];
        foreach (ModelBucket bucket in _buckets)
        {
            int removed = bucket.Contacts.RemoveAll(contact => contact.IsExpired);
            if (bucket.Cached is { IsExpired: true }) bucket.Cached = null;
            if (removed == 0 || bucket.Cached is null) continue;
            candidates.Add(bucket.Cached);
            bucket.Cached = null;
        }

        return candidates;
    }

    public string Describe() => string.Join('\n', _buckets.Select(bucket => Line(bucket.First, bucket.Depth, bucket.Contacts, bucket.Cached)));

    public static string Line(InfoHash first, int depth, IEnumerable<Contact> contacts, Contact? cached) =>
        $"{first}/{depth}: {string.Join(' ', contacts.Select(contact => contact.Id))} ({cached?.Id})";

    private ModelBucket Of(InfoHash id) => _buckets.Single(bucket => bucket.Covers(id));

    private void Split(ModelBucket bucket)
    {
        int at = _buckets.IndexOf(bucket);
        ModelBucket low = new(bucket.First, bucket.Depth + 1), high = new(bucket.First.WithBit(bucket.Depth, true), bucket.Depth + 1);
        foreach (Contact contact in bucket.Contacts) (contact.Id.Bit(bucket.Depth) ? high : low).Contacts.Add(contact);
        _buckets.RemoveAt(at);
        _buckets.InsertRange(at, [low, high]);
    }

    private sealed class ModelBucket(InfoHash first, int depth)
    {
        public InfoHash First { get; } = first;

        public int Depth { get; } = depth;

        public List<Contact> Contacts { get; } = [];

        public Contact? Cached { get; set; }

        public bool Covers(InfoHash id) => Enumerable.Range(0, Depth).All(bit => id.Bit(bit) == First.Bit(bit));

        public void DropCandidate(Contact contact)
        {
            if (Cached?.Id == contact.Id) Cached = null;
        }

        public InsertStatus Offer(Contact contact, Confirmation confirmation)
        {
            if (Cached is { IsExpired: false } && Cached.Id != contact.Id && confirmation == Confirmation.Listed) return InsertStatus.Full;
            Cached = contact;
            return InsertStatus.Cached;
        }
    }
}
