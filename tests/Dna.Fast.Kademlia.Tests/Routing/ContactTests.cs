using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Routing;

/// <summary>The states of section 6.2 and their edges.</summary>
public sealed class ContactTests
{
    private readonly Contact _contact = new(Make.Id(1), Make.Address(1));

    [Fact]
    public void New_contact_is_neither_good_nor_expired()
    {
        Assert.False(_contact.IsGood(Make.StartMs));
        Assert.False(_contact.IsExpired);
        Assert.False(_contact.IsIncoming);
    }

    [Fact]
    public void Good_ends_ten_minutes_after_the_last_packet()
    {
        _contact.NoteReplied(0);
        Assert.True(_contact.IsGood(Contact.HeardAgeMsMax - 1));
        Assert.False(_contact.IsGood(Contact.HeardAgeMsMax));
    }

    [Fact]
    public void Good_ends_120_minutes_after_the_last_reply_however_much_is_heard()
    {
        _contact.NoteReplied(0);
        _contact.NoteHeard(Contact.ReplyAgeMsMax);
        Assert.True(_contact.IsGood(Contact.ReplyAgeMsMax - 1));
        Assert.False(_contact.IsGood(Contact.ReplyAgeMsMax));
    }

    [Fact]
    public void Who_never_replied_is_not_good_and_is_incoming()
    {
        _contact.NoteHeard(Make.StartMs);
        Assert.False(_contact.IsGood(Make.StartMs));
        Assert.True(_contact.IsIncoming);
    }

    [Fact]
    public void Any_packet_ends_expiry()
    {
        _contact.NoteReplied(Make.StartMs);
        _contact.Expire();
        Assert.False(_contact.IsGood(Make.StartMs));
        _contact.NoteHeard(Make.StartMs);
        Assert.False(_contact.IsExpired);
        Assert.True(_contact.IsGood(Make.StartMs));
    }

    [Fact]
    public void An_earlier_time_from_another_worker_does_not_turn_the_clock_back()
    {
        _contact.NoteHeard(Make.StartMs + 5);
        _contact.NoteHeard(Make.StartMs);
        Assert.Equal(Make.StartMs + 5, _contact.HeardMs);
    }

    [Fact]
    public void Forgotten_times_are_never()
    {
        _contact.NoteReplied(Make.StartMs);
        _contact.Expire();
        _contact.Forget();
        Assert.Equal((Contact.Never, Contact.Never, false), (_contact.HeardMs, _contact.RepliedMs, _contact.IsExpired));
    }

    [Fact]
    public void Address_follows_the_packets()
    {
        NodeAddress moved = Make.Address(2);
        _contact.Address = moved;
        Assert.Equal(moved, _contact.Address);
    }
}
