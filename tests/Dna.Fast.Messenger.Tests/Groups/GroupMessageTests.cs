using System.Text;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger.Tests.Groups;

public sealed class GroupMessageTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void A_message_is_written_read_and_opened_in_either_suite()
    {
        foreach (IUserKeys keys in (IUserKeys[])[Users.Alice, Users.Fast(1)])
        {
            GroupMessage message = GroupMessage.Seal(keys, GroupCodecTests.Uuid, 3, Key, "Hello, all", 1_795_363_437_123)!;
            Assert.Equal($"{keys.Fingerprint}_{GroupCodecTests.Uuid}_1795363437123", message.Id);
            byte[] data = GroupMessageCodec.Write(keys.Fingerprint, GroupCodecTests.Uuid, [message]);
            Assert.StartsWith($$"""{"version":2,"sender_fingerprint":"{{keys.Fingerprint}}","group_uuid":"{{GroupCodecTests.Uuid}}","messages":[{"message_id":""", Encoding.UTF8.GetString(data), StringComparison.Ordinal);
            Assert.Equal(RecordStatus.Ok, GroupMessageCodec.Read(data, GroupCodecTests.Uuid, out List<GroupMessage> messages));
            Assert.Equal(data, GroupMessageCodec.Write(keys.Fingerprint, GroupCodecTests.Uuid, messages));
            Assert.Equal("Hello, all", messages.Single().Open(Users.Known, keys.SigningKey.Span, Key));
        }
    }

    [Fact]
    public void What_was_changed_moved_or_is_somebody_elses_does_not_open()
    {
        IUserKeys keys = Users.Fast(1);
        GroupMessage good = GroupMessage.Seal(keys, GroupCodecTests.Uuid, 3, Key, "Hello, all", 5)!;
        byte[] other = [.. good.Ciphertext.ToArray().Reverse()];
        GroupMessage[] bad =
        [
            good with { Ciphertext = other }, good with { Nonce = new byte[12] }, good with { Tag = new byte[16] }, good with { TimestampMs = 6 }, good with { Uuid = "u" },
            good with { Sender = Users.Fast(2).Fingerprint }, good with { Id = "x" }, good with { Signature = new byte[64] },
        ];
        Assert.All(bad, message => Assert.Null(message.Open(Users.Known, keys.SigningKey.Span, Key)));
        Assert.Null(good.Open(Users.Known, Users.Fast(2).SigningKey.Span, Key));
        Assert.Null(good.Open(Users.Known, keys.SigningKey.Span, new byte[32]));
        Assert.NotNull(good.Open(Users.Known, keys.SigningKey.Span, Key));
    }

    [Fact]
    public void The_signature_covers_id_time_and_ciphertext() => Assert.Equal([(byte)'i', 0, 0, 0, 0, 0, 0, 0, 1, 9], GroupMessage.SignedMessage("i", 1, [9]));

    [Fact]
    public void Texts_have_1_to_8192_bytes()
    {
        Assert.Null(GroupMessage.Seal(Users.Fast(1), GroupCodecTests.Uuid, 1, Key, "", 1));
        Assert.Null(GroupMessage.Seal(Users.Fast(1), GroupCodecTests.Uuid, 1, Key, new string('ä', 4097), 1));
        Assert.NotNull(GroupMessage.Seal(Users.Fast(1), GroupCodecTests.Uuid, 1, Key, new string('ä', 4096), 1));
    }

    [Fact]
    public void Messages_of_other_groups_and_writers_are_left_out()
    {
        IUserKeys keys = Users.Fast(1), other = Users.Fast(2);
        GroupMessage[] messages =
        [
            GroupMessage.Seal(keys, GroupCodecTests.Uuid, 1, Key, "a", 1)!, GroupMessage.Seal(other, GroupCodecTests.Uuid, 1, Key, "b", 1)!, GroupMessage.Seal(keys, "another", 1, Key, "c", 1)!,
        ];
        byte[] data = GroupMessageCodec.Write(keys.Fingerprint, GroupCodecTests.Uuid, messages);
        Assert.Equal(RecordStatus.Ok, GroupMessageCodec.Read(data, GroupCodecTests.Uuid, out List<GroupMessage> read));
        Assert.Single(read);
        Assert.Equal(RecordStatus.Incomplete, GroupMessageCodec.Read(data, "another", out _));
        Mutations.Feed(data, mutated => GroupMessageCodec.Read(mutated, GroupCodecTests.Uuid, out _));
    }
}
