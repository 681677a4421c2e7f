using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Routing;

/// <summary>The filter of the packet threads against what an offer really does.</summary>
public sealed class CouldTakeTests
{
    private static readonly InfoHash Self = InfoHash.Zero.WithBit(159, true);
    private readonly RoutingTable _table = new(Self, IpFamily.V4);
    private readonly Contact[] _far = new Contact[8];

    public CouldTakeTests()
    {
        for (int i = 0; i < 8; i++) _table.Insert(_far[i] = Make.Good(Make.Id((byte)(0x80 + i))), Confirmation.Replied, Make.Start);
        _table.Insert(Make.Good(Make.Id(0x01)), Confirmation.Replied, Make.Start);
    }

    [Fact]
    public void Bucket_with_room_could_take() => Assert.True(_table.CouldTake(Make.Id(0x40), Make.StartMs));

    [Fact]
    public void Full_bucket_without_candidate_could_take() => Assert.True(_table.CouldTake(Make.Id(0xF0), Make.StartMs));

    [Fact]
    public void Full_bucket_of_good_contacts_with_candidate_could_not_take()
    {
        AddCandidate();
        Assert.False(_table.CouldTake(Make.Id(0xF0), Make.StartMs));
    }

    [Fact]
    public void Expired_contact_makes_it_possible()
    {
        AddCandidate();
        _far[5].Expire();
        Assert.True(_table.CouldTake(Make.Id(0xF0), Make.StartMs));
    }

    [Fact]
    public void Doubtful_contact_makes_it_possible()
    {
        AddCandidate();
        Assert.True(_table.CouldTake(Make.Id(0xF0), Make.StartMs + Contact.HeardAgeMsMax));
    }

    [Fact]
    public void Expired_candidate_makes_it_possible()
    {
        AddCandidate().Expire();
        Assert.True(_table.CouldTake(Make.Id(0xF0), Make.StartMs));
    }

    [Fact]
    public void Bootstrap_mode_makes_it_possible()
    {
        AddCandidate();
        _table.IsBootstrap = true;
        Assert.True(_table.CouldTake(Make.Id(0xF0), Make.StartMs));
    }

    [Fact]
    public void Full_bucket_of_our_own_could_take()
    {
        for (int i = 0; i < 7; i++) _table.Insert(Make.Good(Make.Id((byte)(0x40 + i))), Confirmation.Replied, Make.Start);
        Assert.Equal(8, _table.BucketOf(Self).Contacts.Count);
        Assert.True(_table.CouldTake(Make.Id(0x7F), Make.StartMs));
    }

    private Contact AddCandidate()
    {
        Contact candidate = Make.Good(Make.Id(0xFF));
        Assert.Equal(InsertStatus.Cached, _table.Insert(candidate, Confirmation.Replied, Make.Start).Status);
        return candidate;
    }
}
