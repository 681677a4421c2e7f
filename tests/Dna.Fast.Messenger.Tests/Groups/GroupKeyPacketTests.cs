using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger.Tests.Groups;

public sealed class GroupKeyPacketTests
{
    [Fact]
    public void Each_member_opens_its_entry_and_the_packet_has_the_stated_sizes()
    {
        byte[] key = RandomNumberGenerator.GetBytes(GroupKeyPacket.KeyBytes);
        byte[] data = GroupKeyPacket.Seal(Users.Alice, GroupCodecTests.Uuid, 7, [Of(Users.Alice), Of(Users.Bob)], key)!;
        Assert.Equal(45 + 2 * 1672 + 3 + 4627, data.Length);
        Assert.Equal("GEK 7c5a70e2"u8.ToArray(), data[..12]);
        Assert.Equal(RecordStatus.Ok, GroupKeyPacket.Read(data, Users.Suites.Messenger, Users.Alice.SigningKey.Span, out GroupKeyPacket? packet));
        Assert.Equal((GroupCodecTests.Uuid, 7U), (packet!.Uuid, packet.Version));
        byte[] opened = new byte[GroupKeyPacket.KeyBytes];
        foreach (IUserKeys member in (IUserKeys[])[Users.Alice, Users.Bob])
        {
            Assert.True(packet.TryOpen(member, opened));
            Assert.Equal(key, opened);
        }

        Assert.False(packet.TryOpen(Users.Carol, opened));
    }

    [Fact]
    public void Only_the_groups_owner_hands_out_its_key()
    {
        byte[] data = GroupKeyPacket.Seal(Users.Fast(2), GroupCodecTests.Uuid, 7, [Of(Users.Fast(2))], new byte[32])!;
        Assert.Equal(RecordStatus.BadSignature, GroupKeyPacket.Read(data, Users.Suites.Fast, Users.Fast(1).SigningKey.Span, out _));
    }

    [Fact]
    public void No_members_too_many_and_foreign_keys_are_not_sealed()
    {
        Assert.Null(GroupKeyPacket.Seal(Users.Fast(1), GroupCodecTests.Uuid, 1, [], new byte[32]));
        Assert.Null(GroupKeyPacket.Seal(Users.Fast(1), GroupCodecTests.Uuid, 1, [.. Enumerable.Repeat(Of(Users.Fast(1)), 17)], new byte[32]));
        Assert.Null(GroupKeyPacket.Seal(Users.Fast(1), GroupCodecTests.Uuid, 1, [Of(Users.Alice)], new byte[32]));
    }

    [Fact]
    public void Mutated_packets_never_throw()
    {
        byte[] data = GroupKeyPacket.Seal(Users.Fast(1), GroupCodecTests.Uuid, 7, [Of(Users.Fast(1)), Of(Users.Fast(2))], new byte[32])!;
        Mutations.Feed(data, mutated => GroupKeyPacket.Read(mutated, Users.Suites.Fast, Users.Fast(1).SigningKey.Span, out _));
    }

    private static (string, ReadOnlyMemory<byte>) Of(IUserKeys keys) => (keys.Fingerprint, keys.EncryptionKey);
}
