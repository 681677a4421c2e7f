using System.Buffers.Binary;

namespace Dna.Fast.Messenger.Tests.Contacts;

public sealed class ContactRequestCodecTests
{
    [Fact]
    public void A_request_has_the_stated_layout_and_is_read_again()
    {
        byte[] data = ContactRequestCodec.Sign(Users.Alice, "alice", "Hello, Bob", 1000)!;
        Assert.Equal(4 + 1 + 8 + 8 + 129 + 64 + 2592 + 256 + 2 + 4627, data.Length);
        Assert.Equal("DNAR"u8.ToArray(), data[..4]);
        Assert.Equal(605_800UL, BinaryPrimitives.ReadUInt64BigEndian(data.AsSpan(13)));
        Assert.Equal(RecordStatus.Ok, ContactRequestCodec.ReadVerified(data, Users.Known, 605_799, out ContactRequest? request));
        Assert.Equal((Users.AliceFingerprint, "alice", "Hello, Bob", 1000UL), (request!.Sender, request.Name, request.Message, request.Timestamp));
        Assert.Equal(RecordStatus.Expired, ContactRequestCodec.ReadVerified(data, Users.Known, 605_800, out _));
    }

    [Fact]
    public void A_changed_request_is_refused_wherever_it_was_changed()
    {
        byte[] data = ContactRequestCodec.Sign(Users.Fast(1), "alice", "Hello, Bob", 1000)!;
        Assert.Equal(RecordStatus.Ok, ContactRequestCodec.ReadVerified(data, Users.Known, 1000, out _));
        for (int at = 0; at < data.Length; at += 7)
        {
            byte[] changed = [.. data];
            changed[at] ^= 1;
            Assert.NotEqual(RecordStatus.Ok, ContactRequestCodec.ReadVerified(changed, Users.Known, 1000, out _));
        }
    }

    [Fact]
    public void A_name_or_message_that_does_not_fit_is_not_written()
    {
        Assert.NotNull(ContactRequestCodec.Sign(Users.Fast(1), new string('n', 63), new string('m', 255), 1));
        Assert.Null(ContactRequestCodec.Sign(Users.Fast(1), new string('n', 64), "", 1));
        Assert.Null(ContactRequestCodec.Sign(Users.Fast(1), "", new string('m', 256), 1));
        Assert.Null(ContactRequestCodec.Sign(Users.Fast(1), "a\0b", "", 1));
    }

    [Fact]
    public void Mutated_requests_never_throw() =>
        Mutations.Feed(ContactRequestCodec.Sign(Users.Fast(1), "a", "b", 1000)!, data => ContactRequestCodec.ReadVerified(data, Users.Known, 1000, out _));
}
