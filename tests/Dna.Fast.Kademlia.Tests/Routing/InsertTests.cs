using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Routing;

/// <summary>The rules of section 6.1, one by one.</summary>
public sealed class InsertTests
{
    private static readonly InfoHash Self = InfoHash.Zero.WithBit(159, true);
    private readonly RoutingTable _table = new(Self, IpFamily.V4);

    [Fact]
    public void Table_begins_with_one_empty_bucket_of_all_ids()
    {
        BucketInfo bucket = Assert.Single(_table.Snapshot());
        Assert.Equal((InfoHash.Zero, 0, Contact.Never), (bucket.First, bucket.Depth, bucket.RepliedMs));
        Assert.Empty(bucket.Contacts);
        Assert.Null(bucket.Cached);
    }

    [Fact]
    public void Contact_is_found_by_its_id()
    {
        Contact contact = Make.Good(Make.Id(0x80));
        Assert.Equal(InsertStatus.Inserted, Insert(contact).Status);
        Assert.Same(contact, _table.Find(contact.Id));
        Assert.Null(_table.Find(Make.Id(0x81)));
    }

    [Fact]
    public void Known_id_is_not_taken_twice()
    {
        Insert(Make.Good(Make.Id(0x80)));
        Assert.Equal(InsertStatus.Known, Insert(Make.Good(Make.Id(0x80))).Status);
        Assert.Equal(1, _table.Count(Make.StartMs).Good);
    }

    [Fact]
    public void Own_id_is_never_taken()
    {
        Assert.Equal(InsertStatus.Full, Insert(Make.Good(Self)).Status);
        Assert.False(_table.CouldTake(Self, Make.StartMs));
        Assert.Null(_table.Find(Self));
    }

    [Fact]
    public void Contact_of_the_other_family_is_a_programming_error() =>
        Assert.Throws<ArgumentException>(() => Insert(new Contact(Make.Id(0x80), Make.Address6(1))));

    [Fact]
    public void Bucket_of_our_own_id_splits_when_full_of_good_contacts()
    {
        _table.FillOwnSide(8);
        Assert.Equal(InsertStatus.Inserted, Insert(Make.Good(Make.Id(0x80))).Status);
        Assert.Equal([1, 1], _table.Snapshot().Select(bucket => bucket.Depth));
    }

    [Fact]
    public void Split_goes_on_until_the_newcomer_has_a_place()
    {
        // Ten ids that begin like ours for 5 bits and differ from it in the next: five splits bring them into one bucket of depth 6, which is not ours.
        for (int i = 0; i < 9; i++) Insert(Make.Good(Make.Id(4, (byte)(i << 4))));
        Assert.Equal(InsertStatus.Cached, Insert(Make.Good(Make.Id(4, 0xA0))).Status);
        _table.CheckInvariant();
        Assert.Equal(8, _table.BucketOf(Make.Id(4)).Contacts.Count);
        Assert.Equal(6, _table.BucketOf(Make.Id(4)).Depth);
    }

    [Fact]
    public void Foreign_bucket_does_not_split_and_keeps_the_newcomer_as_candidate()
    {
        _table.FillFarSide(8);
        Insert(Make.Good(Make.Id(0x01)));
        Contact newcomer = Make.Good(Make.Id(0xF0));
        InsertResult result = Insert(newcomer);
        Assert.Equal(new InsertResult(InsertStatus.Cached, null), result);
        Assert.Same(newcomer, _table.BucketOf(newcomer.Id).Cached);
        Assert.Null(_table.Find(newcomer.Id));
    }

    [Fact]
    public void Own_bucket_with_a_doubtful_contact_does_not_split()
    {
        _table.FillFarSide(1);
        _table.FillOwnSide(7);
        Insert(Make.Listed(Make.Id(0x7F)));
        Insert(Make.Good(Make.Id(0x7E)));
        Assert.Equal(2, _table.Snapshot().Count);
        Assert.Equal(8, _table.BucketOf(Self).Contacts.Count);
        InsertResult result = Insert(Make.Good(Make.Id(0x7D)));
        Assert.Equal(InsertStatus.Cached, result.Status);
        Assert.Equal(Make.Id(0x7F), result.Ping!.Id);
        Assert.Equal(2, _table.Snapshot().Count);
    }

    [Fact]
    public void The_only_bucket_splits_even_with_doubtful_contacts_and_pings_one()
    {
        _table.FillOwnSide(7);
        Contact doubtful = Make.Listed(Make.Id(0xF0));
        Insert(doubtful);
        InsertResult result = Insert(Make.Good(Make.Id(0x80)));
        Assert.Equal(new InsertResult(InsertStatus.Inserted, doubtful), result);
        Assert.Equal(2, _table.Snapshot().Count);
    }

    [Fact]
    public void Expired_contact_loses_its_place_to_any_newcomer()
    {
        Contact[] far = _table.FillFarSide(8);
        Insert(Make.Good(Make.Id(0x01)));
        far[3].Expire();
        Contact newcomer = Make.Listed(Make.Id(0xF1));
        Assert.Equal(InsertStatus.ReplacedExpired, Insert(newcomer, Confirmation.Listed).Status);
        Assert.Same(newcomer, _table.Find(newcomer.Id));
        Assert.Null(_table.Find(far[3].Id));
    }

    [Fact]
    public void First_doubtful_contact_without_pending_request_is_to_be_pinged()
    {
        Contact[] far = _table.FillFarSide(8);
        Insert(Make.Good(Make.Id(0x01)));
        long later = Make.StartMs + Contact.HeardAgeMsMax;
        for (int i = 0; i < 8; i++)
        {
            if (i is not (2 or 4 or 5)) far[i].NoteHeard(later);
        }

        far[2].PendingRequests = 1;
        Assert.Same(far[4], _table.Insert(Make.Good(Make.Id(0xF1), later), Confirmation.Replied, Make.At(later)).Ping);
        far[4].PendingRequests = far[5].PendingRequests = 1;
        Assert.Null(_table.Insert(Make.Good(Make.Id(0xF2), later), Confirmation.Replied, Make.At(later)).Ping);
    }

    [Theory]
    [InlineData(Confirmation.Listed, InsertStatus.Full)]
    [InlineData(Confirmation.Incoming, InsertStatus.Cached)]
    [InlineData(Confirmation.Replied, InsertStatus.Cached)]
    public void Candidate_gives_way_to_a_confirmed_newcomer_only(Confirmation confirmation, InsertStatus expected)
    {
        _table.FillFarSide(8);
        Insert(Make.Good(Make.Id(0x01)));
        Insert(Make.Good(Make.Id(0xF0)));
        Contact newcomer = Make.Listed(Make.Id(0xF1));
        Assert.Equal(expected, Insert(newcomer, confirmation).Status);
        Assert.Equal(expected == InsertStatus.Cached, _table.BucketOf(newcomer.Id).Cached == newcomer);
    }

    [Fact]
    public void Expired_candidate_gives_way_to_a_listed_newcomer()
    {
        _table.FillFarSide(8);
        Insert(Make.Good(Make.Id(0x01)));
        Contact candidate = Make.Good(Make.Id(0xF0));
        Insert(candidate);
        candidate.Expire();
        Assert.Equal(InsertStatus.Cached, Insert(Make.Listed(Make.Id(0xF1)), Confirmation.Listed).Status);
    }

    [Fact]
    public void Candidate_that_gets_a_place_is_a_candidate_no_more()
    {
        Contact[] far = _table.FillFarSide(8);
        Insert(Make.Good(Make.Id(0x01)));
        Contact candidate = Make.Good(Make.Id(0xF0));
        Insert(candidate);
        far[0].Expire();
        Assert.Equal(InsertStatus.ReplacedExpired, Insert(candidate).Status);
        Assert.Null(_table.BucketOf(candidate.Id).Cached);
        _table.CheckInvariant();
    }

    [Fact]
    public void Split_hands_over_the_candidate_to_be_pinged()
    {
        _table.FillFarSide(1);
        _table.FillOwnSide(7);
        Contact doubtful = Make.Listed(Make.Id(0x7F)), candidate = Make.Good(Make.Id(0x7D));
        Insert(doubtful);
        Insert(Make.Good(Make.Id(0x7E)));
        Insert(candidate);
        Assert.Same(candidate, _table.BucketOf(Self).Cached);
        doubtful.NoteReplied(Make.StartMs);
        InsertResult result = Insert(Make.Good(Make.Id(0x7C)));
        Assert.Same(candidate, result.Ping);
        Assert.DoesNotContain(_table.Snapshot(), bucket => bucket.Cached is not null && bucket.Cached == candidate);
    }

    [Fact]
    public void Bootstrap_mode_splits_every_bucket_less_than_six_deep()
    {
        _table.IsBootstrap = true;
        Random random = new(1);
        for (int i = 0; i < 5000; i++) Insert(Make.Good(Make.RandomId(random)));
        _table.CheckInvariant();
        Assert.Equal(6, _table.Snapshot().Where(bucket => bucket.First.Bit(0)).Min(bucket => bucket.Depth));
        Assert.Equal(6, _table.Snapshot().Where(bucket => bucket.First.Bit(0)).Max(bucket => bucket.Depth));
        Assert.Equal(32, _table.Snapshot().Count(bucket => bucket.First.Bit(0)));
    }

    [Fact]
    public void Number_of_buckets_is_about_log2_of_the_network()
    {
        Random random = new(2);
        for (int i = 0; i < 20_000; i++) Insert(Make.Good(Make.RandomId(random)));
        _table.CheckInvariant();
        Assert.InRange(_table.Snapshot().Count, 10, 15);
    }

    [Fact]
    public void Ids_as_near_as_ids_can_be_are_taken()
    {
        for (int bit = 0; bit < InfoHash.Bits; bit++)
        {
            for (int i = 0; i < 9; i++) Insert(Make.Good(Make.IdSharing(new Random(i), Self, bit)));
        }

        _table.CheckInvariant();
        Assert.True(_table.Snapshot().Max(bucket => bucket.Depth) >= 156);
    }

    [Fact]
    public void Own_bucket_remembers_when_it_last_took_a_contact()
    {
        Assert.Equal(Contact.Never, _table.OwnBucketGrewMs);
        _table.FillFarSide(8);
        Insert(Make.Good(Make.Id(0x01)));
        Assert.Equal(Make.StartMs, _table.OwnBucketGrewMs);
        _table.Insert(Make.Good(Make.Id(0xF1)), Confirmation.Replied, Make.At(Make.StartMs + 5));
        Assert.Equal(Make.StartMs, _table.OwnBucketGrewMs);
        _table.Insert(Make.Good(Make.Id(0x02)), Confirmation.Replied, Make.At(Make.StartMs + 7));
        Assert.Equal(Make.StartMs + 7, _table.OwnBucketGrewMs);
    }

    [Theory]
    [InlineData(Confirmation.Listed, false)]
    [InlineData(Confirmation.Incoming, false)]
    [InlineData(Confirmation.Replied, true)]
    public void Only_a_reply_moves_the_buckets_reply_time(Confirmation confirmation, bool moves)
    {
        Insert(Make.Good(Make.Id(0x80)), confirmation);
        Assert.Equal(moves ? Make.StartMs : Contact.Never, _table.BucketOf(Make.Id(0x80)).RepliedMs);
        _table.NoteReply(Make.Id(0x80), Make.StartMs + 9);
        Assert.Equal(Make.StartMs + 9, _table.BucketOf(Make.Id(0x80)).RepliedMs);
        _table.Forget();
        Assert.Equal(Contact.Never, _table.BucketOf(Make.Id(0x80)).RepliedMs);
    }

    private InsertResult Insert(Contact contact, Confirmation confirmation = Confirmation.Replied) => _table.Insert(contact, confirmation, Make.Start);
}
