using System.Buffers.Binary;
using System.Text;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger.Tests.Contacts;

public sealed class ContactListCodecTests
{
    [Fact]
    public void The_originals_list_opens_and_its_text_is_written_again_byte_for_byte()
    {
        byte[] data = Users.Fixture("contactlist.0");
        Assert.Equal(RecordStatus.Ok, ContactListCodec.Open(data, Users.Alice, out ContactList? list));
        Assert.Equal(Users.AliceFingerprint, list!.Identity);
        Assert.Equal([Users.BobFingerprint], list.Contacts);
        int length = BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(21));
        Assert.Equal(OpenStatus.Ok, Users.Alice.Open(data.AsSpan(25, length), out byte[]? json, out _));
        Assert.Equal(json, ContactListCodec.WriteJson(list));
    }

    [Fact]
    public void A_list_of_ours_has_the_originals_size_and_frame()
    {
        var list = new ContactList(Users.AliceFingerprint, 1_795_363_458, [Users.BobFingerprint], [], [], KeepsTimes: false);
        byte[] data = ContactListCodec.Seal(Users.Alice, list)!;
        byte[] original = Users.Fixture("contactlist.0");
        Assert.Equal(original.Length, data.Length);
        Assert.Equal(original[..25], data[..25]);
    }

    [Fact]
    public void Times_of_changes_survive_and_old_readers_find_their_fields_first()
    {
        IUserKeys keys = Users.Fast(1);
        var list = new ContactList(keys.Fingerprint, 9, [Users.BobFingerprint], [new(Users.BobFingerprint, 8)], [new(Users.AliceFingerprint, 7)]);
        Assert.Equal(RecordStatus.Ok, ContactListCodec.Open(ContactListCodec.Seal(keys, list)!, keys, out ContactList? read));
        Assert.Equal(list.Added, read!.Added);
        Assert.Equal(list.Removed, read.Removed);
        Assert.StartsWith($$"""{"identity":"{{keys.Fingerprint}}","version":1,"timestamp":9,"contacts":["{{Users.BobFingerprint}}"],""", Encoding.UTF8.GetString(ContactListCodec.WriteJson(list)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_somebody_else_sealed_to_us_is_refused()
    {
        IUserKeys victim = Users.Fast(1), forger = Users.Fast(2);
        byte[] json = ContactListCodec.WriteJson(new ContactList(victim.Fingerprint, 9, [forger.Fingerprint], [], []));
        byte[] envelope = forger.Seal([victim.EncryptionKey], json)!;
        byte[] signature = new byte[64];
        forger.Sign(json, signature);
        byte[] data = new ByteWriter().UInt32(0x434C5354).Byte(1).UInt64(9).UInt64(99).UInt32((uint)envelope.Length).Bytes(envelope).UInt32(64).Bytes(signature).ToArray();
        Assert.Equal(RecordStatus.BadSignature, ContactListCodec.Open(data, victim, out _));
    }

    [Fact]
    public void An_old_list_in_a_newer_frame_and_another_users_list_are_refused()
    {
        IUserKeys keys = Users.Fast(1);
        byte[] data = ContactListCodec.Seal(keys, new ContactList(keys.Fingerprint, 9, [], [], []))!;
        BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(5), 10);
        Assert.Equal(RecordStatus.BadSignature, ContactListCodec.Open(data, keys, out _));
        Assert.Equal(RecordStatus.BadSignature, ContactListCodec.Open(ContactListCodec.Seal(keys, ContactList.Empty(Users.BobFingerprint))!, keys, out _));
        Assert.Equal(RecordStatus.BadSignature, ContactListCodec.Open(Users.Fixture("contactlist.0"), Users.Bob, out _));
    }

    [Fact]
    public void Mutated_lists_never_throw()
    {
        IUserKeys keys = Users.Fast(1);
        byte[] data = ContactListCodec.Seal(keys, new ContactList(keys.Fingerprint, 9, [Users.BobFingerprint], [], [new(Users.AliceFingerprint, 7)]))!;
        Mutations.Feed(data, mutated => ContactListCodec.Open(mutated, keys, out _));
        Mutations.Feed(ContactListCodec.WriteJson(new ContactList(keys.Fingerprint, 9, [Users.BobFingerprint], [], [new(Users.AliceFingerprint, 7)])), mutated => ContactListCodec.ReadJson(mutated, out _));
    }
}
