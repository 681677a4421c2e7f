using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests;

/// <summary>The table of keys of the first clients (DNA layer, section 0.1), row by row: the text, what is hashed how and given to the network in which form, and the infohash that the original's records lay at.</summary>
public sealed class KeyTableTests
{
    private const string Alice = Users.AliceFingerprint;
    private const string Uuid = "7c5a70e2-e407-4cb0-8c0c-7bfeb80c7572";

    // The infohash of the old profile is the only one that no record of the original was seen at: it is worked out from its row by another program.
    private static readonly (string Record, string Text, Form Form, string InfoHash, Func<InfoHash> Ours)[] Rows =
    [
        ("public keys", Alice + ":pubkey", Form.Hex, "c9a5cc8e6791219811ca40161abf43e02d60889d", () => DnaKeys.PublicKeys(Alice)),
        ("reverse mapping", Alice + ":reverse", Form.Hex, "b6aca02e12aea7dfc69f23a50cd417f67351aa95", () => DnaKeys.Reverse(Alice)),
        ("name alias", "alice_1:lookup", Form.Hex, "a1c662d88ece77eee4abef4792c5f6bb40bc7bc7", () => DnaKeys.Alias("alice_1")),
        ("unified identity", Alice + ":profile", Form.Hex, "a7679f910b8142fb02cc869687efdad8bbc07523", () => DnaKeys.Profile(Alice)),
        ("old dht_profile", Alice + ":profile", Form.Raw, "6e2db5ed7ba4b6bc3b4d92efa53ce2514d4968e5", () => DnaKeys.OldProfile(Alice)),
        ("DHT identity backup", Alice + ":dht_identity", Form.Raw, "34249d5ddd346341d0cd54765cbb8a428d4fb39e", () => DnaKeys.IdentityBackup(Alice)),
        ("contact list", Alice + ":contactlist", Form.Raw, "0c47cadf98ef4dc784675a7a8655213679286965", () => DnaKeys.ContactList(Alice)),
        ("outbox", Alice + ":outbox:" + Users.BobFingerprint, Form.Raw, "dcb778f6f8169904a5fca3cb92ae77532b2c3881", () => DnaKeys.Outbox(Alice, Users.BobFingerprint)),
        ("group metadata", Uuid, Form.Hex, "9c2f4698ebccab9c2fb534b8b3ca66aa68976fb1", () => DnaKeys.Group(Uuid)),
        ("message wall", Alice + ":message_wall", Form.Sha256Hex, "3067586471940b84a0e12b365f979e8cdbca4967", () => DnaKeys.Wall(Alice)),
        ("presence", "", Form.RawOfKey, "4b422d4f64c1cd09d68be8dbf0d45dc387bfeb92", () => DnaKeys.Presence(Users.Alice.SigningKey.Span)),
    ];

    public enum Form
    {
        /// <summary>SHA3-512, as 128 hexadecimal digits.</summary>
        Hex,

        /// <summary>SHA3-512, as 64 bytes.</summary>
        Raw,

        /// <summary>SHA3-512 of the signing key, as 64 bytes.</summary>
        RawOfKey,

        /// <summary>SHA-256, as 64 hexadecimal digits.</summary>
        Sha256Hex,
    }

    public static TheoryData<string> Records => [.. Rows.Select(row => row.Record)];

    [Theory]
    [MemberData(nameof(Records))]
    public void Every_key_of_the_table_derives_to_the_stated_infohash(string record)
    {
        (_, string text, Form form, string infohash, Func<InfoHash> ours) = Rows.Single(row => row.Record == record);
        byte[] hashed = form == Form.RawOfKey ? Users.Alice.SigningKey.ToArray() : Encoding.ASCII.GetBytes(text);
        byte[] digest = new byte[Sha3.Bytes512];
        if (form == Form.Sha256Hex) digest = SHA256.HashData(hashed);
        else Sha3.Hash512(hashed, digest);
        byte[] key = form is Form.Hex or Form.Sha256Hex ? Encoding.ASCII.GetBytes(Convert.ToHexStringLower(digest)) : digest;
        Assert.Equal(infohash, Convert.ToHexStringLower(SHA1.HashData(key)));
        Assert.Equal(infohash, ours().ToString());
    }

    [Fact]
    public void The_last_row_is_the_certificate_which_lies_at_the_id_of_its_key_and_needs_no_derivation()
    {
        byte[] spki = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];
        Assert.Equal(Convert.ToHexStringLower(SHA1.HashData(spki)), InfoHash.Of(spki).ToString());
    }
}
