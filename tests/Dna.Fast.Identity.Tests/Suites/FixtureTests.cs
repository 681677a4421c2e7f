using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity.Tests.Suites;

/// <summary>Every record the original client left verifies and opens here.</summary>
public sealed class FixtureTests
{
    private static readonly IIdentitySuite Suite = Fixture.System.Messenger;

    [Fact]
    public void Fingerprints_come_from_the_stated_seeds()
    {
        using IIdentityKeys alice = Fixture.Alice(Suite), bob = Fixture.Bob(Suite);
        Assert.Equal(Fixture.AliceFingerprint, alice.Fingerprint);
        Assert.Equal(Fixture.BobFingerprint, bob.Fingerprint);
        Assert.Equal("727d1777c3568b6f2dbd5f3b836eda82", Convert.ToHexStringLower(alice.SigningKey.Span[..16]));
        Assert.Equal("d42b14f5c56a56f2176d9225475092d0", Convert.ToHexStringLower(alice.EncryptionKey.Span[..16]));
    }

    [Fact]
    public void The_published_keys_are_those_of_the_seeds_and_their_entry_is_signed_by_them()
    {
        using IIdentityKeys alice = Fixture.Alice(Suite);
        JsonElement entry = Json("pubkey.0");
        byte[] signing = Hex(entry, "dilithium_pubkey"), encryption = Hex(entry, "kyber_pubkey");
        Assert.Equal(alice.SigningKey.ToArray(), signing);
        Assert.Equal(alice.EncryptionKey.ToArray(), encryption);
        byte[] message =
        [
            .. Text(entry, "identity"), .. signing, .. encryption, .. UInt64(entry, "timestamp"), .. UInt32(entry, "version"), .. Text(entry, "fingerprint"),
        ];
        AssertVerifiesAndAChangedBitDoesNot(signing, message, Hex(entry, "signature"));
    }

    [Fact]
    public void The_reverse_entry_is_signed()
    {
        JsonElement entry = Json("reverse.0");
        byte[] signing = Hex(entry, "dilithium_pubkey");
        byte[] message = [.. signing, .. Text(entry, "identity"), .. UInt64(entry, "timestamp")];
        AssertVerifiesAndAChangedBitDoesNot(signing, message, Hex(entry, "signature"));
    }

    [Fact]
    public void The_profile_is_signed_over_its_7629_bytes()
    {
        JsonElement profile = Json("profile.0");
        byte[] signing = Hex(profile, "dilithium_pubkey");
        byte[] message = ProfileMessage(profile, signing);
        Assert.Equal(7_629, message.Length);
        AssertVerifiesAndAChangedBitDoesNot(signing, message, Hex(profile, "signature"));
    }

    [Fact]
    public void The_alias_is_the_fingerprint() => Assert.Equal(Fixture.AliceFingerprint, Encoding.ASCII.GetString(Fixture.Read("lookup.0")));

    [Fact]
    public void The_identity_backup_opens_with_the_key_it_is_for_and_with_no_other()
    {
        using IIdentityKeys alice = Fixture.Alice(Suite), bob = Fixture.Bob(Suite);
        byte[] blob = Fixture.Read("dht_identity.0");
        Assert.Equal(Fixture.Read("alice_dht_identity.plain"), alice.OpenBlob(blob));
        Assert.Null(bob.OpenBlob(blob));
    }

    [Fact]
    public void Both_messages_of_the_outbox_open_for_sender_and_recipient()
    {
        using IIdentityKeys alice = Fixture.Alice(Suite), bob = Fixture.Bob(Suite), carol = Fixture.Carol(Suite);
        List<byte[]> messages = Outbox(Fixture.Read("outbox.0"));
        Assert.Equal(2, messages.Count);
        string[] texts = ["offline message number one", "offline message number two"];
        for (int i = 0; i < texts.Length; i++)
        {
            foreach (IIdentityKeys reader in (IIdentityKeys[])[alice, bob])
            {
                Assert.Equal(OpenStatus.Ok, reader.Open(messages[i], out byte[]? plaintext, out byte[]? sender));
                Assert.Equal(texts[i], Encoding.UTF8.GetString(plaintext!));
                Assert.Equal(Fixture.AliceFingerprint, UserFingerprint.Of(sender));
            }

            Assert.Equal(OpenStatus.NotForUs, carol.Open(messages[i], out byte[]? nothing, out _));
            Assert.Null(nothing);
        }
    }

    [Fact]
    public void The_contact_list_opens_and_its_outer_signature_covers_the_text()
    {
        using IIdentityKeys alice = Fixture.Alice(Suite);
        byte[] record = Fixture.Read("contactlist.0");
        int length = BinaryPrimitives.ReadInt32BigEndian(record.AsSpan(21));
        Assert.Equal(OpenStatus.Ok, alice.Open(record.AsSpan(25, length), out byte[]? plaintext, out byte[]? sender));
        Assert.Equal(alice.SigningKey.ToArray(), sender);
        ReadOnlySpan<byte> signature = record.AsSpan(25 + length);
        Assert.Equal(signature.Length - 4, BinaryPrimitives.ReadInt32BigEndian(signature));
        AssertVerifiesAndAChangedBitDoesNot(sender!, plaintext!, signature[4..].ToArray());
        JsonElement list = JsonDocument.Parse(plaintext).RootElement;
        Assert.Equal(Fixture.AliceFingerprint, list.GetProperty("identity").GetString());
    }

    internal static List<byte[]> Outbox(ReadOnlySpan<byte> outbox)
    {
        List<byte[]> messages = [];
        int count = BinaryPrimitives.ReadInt32BigEndian(outbox);
        ReadOnlySpan<byte> rest = outbox[4..];
        for (int i = 0; i < count; i++)
        {
            // "DNA ", version, timestamp, expiry.
            rest = rest[21..];
            for (int name = 0; name < 2; name++) rest = rest[(2 + BinaryPrimitives.ReadUInt16BigEndian(rest))..];
            int length = BinaryPrimitives.ReadInt32BigEndian(rest);
            messages.Add(rest.Slice(4, length).ToArray());
            rest = rest[(4 + length)..];
        }

        Assert.True(rest.IsEmpty);
        return messages;
    }

    private static void AssertVerifiesAndAChangedBitDoesNot(byte[] signing, byte[] message, byte[] signature)
    {
        Assert.True(Suite.Verify(signing, message, signature));
        message[message.Length / 2] ^= 1;
        Assert.False(Suite.Verify(signing, message, signature));
        message[message.Length / 2] ^= 1;
        signature[signature.Length / 3] ^= 0x10;
        Assert.False(Suite.Verify(signing, message, signature));
        Assert.False(Suite.Verify(signing, message, signature.AsSpan(1)));
        Assert.False(Suite.Verify(signing.AsSpan(1), message, signature));
    }

    private static byte[] ProfileMessage(JsonElement profile, byte[] signing)
    {
        JsonElement wallets = profile.GetProperty("wallets"), socials = profile.GetProperty("socials");
        string[] cellframe = ["backbone", "kelvpn", "riemann", "raiden", "mileena", "subzero", "cpunk_testnet"];
        string[] others = ["btc", "eth", "sol", "qevm", "bnb"];
        string[] names = ["telegram", "x", "github", "facebook", "instagram", "linkedin", "google"];
        var message = new List<byte>();
        message.AddRange(Padded(profile, "fingerprint", 129));
        message.AddRange(signing);
        message.AddRange(Hex(profile, "kyber_pubkey"));
        message.Add(profile.GetProperty("has_registered_name").GetBoolean() ? (byte)1 : (byte)0);
        message.AddRange(Padded(profile, "registered_name", 256));
        message.AddRange(UInt64(profile, "name_registered_at"));
        message.AddRange(UInt64(profile, "name_expires_at"));
        message.AddRange(Padded(profile, "registration_tx_hash", 67));
        message.AddRange(Padded(profile, "registration_network", 32));
        message.AddRange(UInt32(profile, "name_version"));
        foreach (string name in cellframe) message.AddRange(Padded(wallets, name, 120));
        foreach (string name in others) message.AddRange(Padded(wallets, name, 128));
        foreach (string name in names) message.AddRange(Padded(socials, name, 128));
        message.AddRange(Padded(profile, "bio", 512));
        message.AddRange(Padded(profile, "profile_picture_ipfs", 64));
        message.AddRange(UInt64(profile, "timestamp"));
        message.AddRange(UInt32(profile, "version"));
        return [.. message];
    }

    private static JsonElement Json(string name) => JsonDocument.Parse(Fixture.Read(name)).RootElement;

    private static byte[] Hex(JsonElement record, string name) => Convert.FromHexString(record.GetProperty(name).GetString()!);

    private static byte[] Text(JsonElement record, string name) => Encoding.UTF8.GetBytes(record.GetProperty(name).GetString()!);

    private static byte[] Padded(JsonElement record, string name, int size)
    {
        byte[] field = new byte[size];
        if (record.TryGetProperty(name, out JsonElement value)) Encoding.UTF8.GetBytes(value.GetString()!).CopyTo(field, 0);
        return field;
    }

    private static byte[] UInt64(JsonElement record, string name)
    {
        byte[] field = new byte[8];
        if (record.TryGetProperty(name, out JsonElement value)) BinaryPrimitives.WriteUInt64BigEndian(field, value.GetUInt64());
        return field;
    }

    private static byte[] UInt32(JsonElement record, string name)
    {
        byte[] field = new byte[4];
        if (record.TryGetProperty(name, out JsonElement value)) BinaryPrimitives.WriteUInt32BigEndian(field, value.GetUInt32());
        return field;
    }
}
