using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests;

public sealed class DnaKeysTests
{
    private const string Alice = Users.AliceFingerprint;

    [Fact]
    public void Each_record_lives_where_the_original_client_put_it()
    {
        AssertKey("c9a5cc8e6791219811ca40161abf43e02d60889d", DnaKeys.PublicKeys(Alice));
        AssertKey("b6aca02e12aea7dfc69f23a50cd417f67351aa95", DnaKeys.Reverse(Alice));
        AssertKey("a7679f910b8142fb02cc869687efdad8bbc07523", DnaKeys.Profile(Alice));
        AssertKey("a1c662d88ece77eee4abef4792c5f6bb40bc7bc7", DnaKeys.Alias("alice_1"));
        AssertKey("0c47cadf98ef4dc784675a7a8655213679286965", DnaKeys.ContactList(Alice));
        AssertKey("34249d5ddd346341d0cd54765cbb8a428d4fb39e", DnaKeys.IdentityBackup(Alice));
        AssertKey("dcb778f6f8169904a5fca3cb92ae77532b2c3881", DnaKeys.Outbox(Alice, Users.BobFingerprint));
        AssertKey("3067586471940b84a0e12b365f979e8cdbca4967", DnaKeys.Wall(Alice));
        AssertKey("9c2f4698ebccab9c2fb534b8b3ca66aa68976fb1", DnaKeys.Group("7c5a70e2-e407-4cb0-8c0c-7bfeb80c7572"));
        AssertKey("4b422d4f64c1cd09d68be8dbf0d45dc387bfeb92", DnaKeys.Presence(Users.Alice.SigningKey.Span));
    }

    [Fact]
    public void The_deprecated_profile_has_the_same_text_in_raw_form_and_so_another_key() =>
        Assert.NotEqual(DnaKeys.Profile(Alice), DnaKeys.OldProfile(Alice));

    [Fact]
    public void A_chunk_is_named_by_the_first_32_bytes_of_the_digest_of_its_text()
    {
        Span<byte> digest = stackalloc byte[Sha3.Bytes512];
        Sha3.Hash512("dna:bootstrap:nodes:chunk:12"u8, digest);
        Assert.Equal(InfoHash.Of(digest[..32]), DnaKeys.Chunk(ChunkBases.BootstrapNodes, 12));
    }

    [Fact]
    public void Later_records_have_the_texts_of_the_specification()
    {
        Assert.Equal("a:outbox:b:19000", ChunkBases.OutboxDay("a", "b", 19_000));
        Assert.Equal("a:lookup", ChunkBases.Alias("a"));
        Assert.Equal("a:profile", ChunkBases.Profile("a"));
        Assert.Equal("dht:group:u", ChunkBases.Group("u"));
        Assert.Equal("u:gek:3", ChunkBases.GroupKey("u", 3));
        Assert.Equal("dna:group:u:out:19000", ChunkBases.GroupOutbox("u", 19_000));
        Assert.Equal("a:wall:b", ChunkBases.WallPosts("a", "b"));
        Assert.Equal("a:wall:contributors", ChunkBases.WallContributors("a"));
        Assert.Equal("dna:bootstrap:node:ff", ChunkBases.BootstrapNode("ff"));
        AssertRaw("b:ack:a", DnaKeys.Acknowledgement("b", "a"));
        AssertRaw("a:requests", DnaKeys.ContactRequests("a"));
    }

    [Fact]
    public void The_day_of_a_bucket_changes_at_midnight_of_UTC()
    {
        Assert.Equal(0UL, DnaKeys.DayOf(86_399));
        Assert.Equal(1UL, DnaKeys.DayOf(86_400));
    }

    [Fact]
    public void Shared_keys_have_a_slot_for_each_writer_and_none_of_them_is_0()
    {
        Assert.Equal(0xbb17c79ccff48ad3UL, DnaKeys.RequestValueId(Alice));
        Assert.Equal(1UL, DnaKeys.RequestValueId(new string('0', 128)));
        byte[] owner = new byte[LongId.Bytes];
        Assert.Equal(1UL, DnaKeys.OwnerValueId(new LongId(owner)));
        owner[0] = 0x12;
        owner[7] = 0x34;
        Assert.Equal(0x1200000000000034UL, DnaKeys.OwnerValueId(new LongId(owner)));
    }

    private static void AssertKey(string infohash, InfoHash key) => Assert.Equal(infohash, key.ToString());

    private static void AssertRaw(string text, InfoHash key)
    {
        Span<byte> digest = stackalloc byte[Sha3.Bytes512];
        Sha3.Hash512(System.Text.Encoding.UTF8.GetBytes(text), digest);
        Assert.Equal(InfoHash.Of(digest), key);
    }
}
