using System.Buffers.Binary;

namespace Dna.Fast.Messenger.Tests.Contacts;

public sealed class ContactRequestCodecTests
{
    [Fact]
    public void A_request_has_the_stated_layout_and_is_read_again()
    {
        byte[] data = ContactRequestCodec.Sign(Users.Alice, Users.BobFingerprint, "alice", "Hello, Bob", 1000)!;
        Assert.Equal(4 + 1 + 8 + 8 + 129 + 64 + 2592 + 256 + 2 + 4627, data.Length);
        Assert.Equal("DNAR"u8.ToArray(), data[..4]);
        Assert.Equal(605_800UL, BinaryPrimitives.ReadUInt64BigEndian(data.AsSpan(13)));
        Assert.Equal(RecordStatus.Ok, ContactRequestCodec.ReadVerified(data, Users.Known, Users.BobFingerprint, 605_799, out ContactRequest? request));
        Assert.Equal((Users.AliceFingerprint, "alice", "Hello, Bob", 1000UL), (request!.Sender, request.Name, request.Message, request.Timestamp));
        Assert.True(request.IsAddressed);
        Assert.Equal(RecordStatus.Expired, ContactRequestCodec.ReadVerified(data, Users.Known, Users.BobFingerprint, 605_800, out _));
    }

    [Fact]
    public void A_changed_request_is_refused_wherever_it_was_changed()
    {
        byte[] data = ContactRequestCodec.Sign(Users.Fast(1), Users.BobFingerprint, "alice", "Hello, Bob", 1000)!;
        Assert.Equal(RecordStatus.Ok, ContactRequestCodec.ReadVerified(data, Users.Known, Users.BobFingerprint, 1000, out _));
        for (int at = 0; at < data.Length; at += 7)
        {
            byte[] changed = [.. data];
            changed[at] ^= 1;
            Assert.NotEqual(RecordStatus.Ok, ContactRequestCodec.ReadVerified(changed, Users.Known, Users.BobFingerprint, 1000, out _));
        }
    }

    [Fact]
    public void A_name_or_message_that_does_not_fit_is_not_written()
    {
        Assert.NotNull(ContactRequestCodec.Sign(Users.Fast(1), Users.BobFingerprint, new string('n', 47), new string('m', 255), 1));
        Assert.Null(ContactRequestCodec.Sign(Users.Fast(1), Users.BobFingerprint, new string('n', 48), "", 1));
        Assert.Null(ContactRequestCodec.Sign(Users.Fast(1), Users.BobFingerprint, "", new string('m', 256), 1));
        Assert.Null(ContactRequestCodec.Sign(Users.Fast(1), Users.BobFingerprint, "a\0b", "", 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(63)]
    public void An_old_clients_request_is_read_whomever_it_asks_and_says_so(int nameLength)
    {
        string name = new('n', nameLength);
        Kademlia.IUserKeys keys = Users.Fast(1);
        ByteWriter old = new ByteWriter().UInt32(0x444E4152).Byte(1).UInt64(1000).UInt64(2000)
            .FixedText(keys.Fingerprint, 129).FixedText(name, 64).Bytes(keys.SigningKey.Span).FixedText("Hello", 256);
        byte[] signature = new byte[keys.Suite.SignatureBytes];
        keys.Sign(old.Written, signature);
        byte[] data = old.UInt16((ushort)signature.Length).Bytes(signature).ToArray();
        Assert.Equal(RecordStatus.Ok, ContactRequestCodec.ReadVerified(data, Users.Known, Users.AliceFingerprint, 1000, out ContactRequest? request));
        Assert.Equal((name, "Hello", false), (request!.Name, request.Message, request.IsAddressed));
    }

    [Fact]
    public void Mutated_requests_never_throw() =>
        Mutations.Feed(ContactRequestCodec.Sign(Users.Fast(1), Users.BobFingerprint, "a", "b", 1000)!, data => ContactRequestCodec.ReadVerified(data, Users.Known, Users.BobFingerprint, 1000, out _));
}
