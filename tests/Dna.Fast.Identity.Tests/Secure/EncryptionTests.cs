using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity.Tests;

public sealed class EncryptionTests
{
    private static readonly RsaIdentity Recipient = TestIdentities.Alice;

    public static TheoryData<string, string, string[]> Groups => new()
    {
        { "2412", "118-put-encrypted-known-2412.bin", ["119-put-encrypted-known-2412-part0.bin", "120-put-encrypted-known-2412-part1.bin"] },
        { "431", "122-put-encrypted-known-431.bin", ["123-put-encrypted-known-431-part0.bin", "124-put-encrypted-known-431-part1.bin"] },
    };

    [Theory]
    [MemberData(nameof(Groups))]
    public void A_captured_encrypted_value_opens_with_its_recipients_key_and_names_its_sender(string version, string header, string[] parts)
    {
        using RsaIdentity recipient = TestIdentities.Captured(version);
        var counters = new SecureCounters();
        var opener = new ValueOpener(recipient, new RsaVerifier(), counters);
        Assert.Equal(OpenedAs.Decrypted, opener.Open(Captures.Value(header, parts), default, out VerifiedValue? value));
        Assert.Equal("secret-AB", Encoding.UTF8.GetString(value!.Data.Span));
        Assert.True(value.WasEncrypted && value.IsSigned);
        Assert.Equal(CertificateReader.ReadKey(Captures.CertificateFile($"r5-{version}-A.crt")), value.Owner.ToArray());
        Assert.Equal(recipient.KeyId, value.Recipient);
        Assert.Equal(1, counters.Figures.Decrypted);
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void A_captured_encrypted_value_is_nothing_to_anybody_else(string version, string header, string[] parts)
    {
        Assert.NotEqual("", version);
        var counters = new SecureCounters();
        byte[] packed = Captures.Value(header, parts);
        Assert.Equal(OpenedAs.Undecryptable, new ValueOpener(Recipient, new RsaVerifier(), counters).Open(packed, default, out _));
        Assert.Equal(OpenedAs.Undecryptable, new ValueOpener(null, new RsaVerifier(), counters).Open(packed, default, out _));
        Assert.Equal(2, counters.Figures.Undecryptable);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(244)]
    [InlineData(245)]
    [InlineData(246)]
    [InlineData(247)]
    [InlineData(60_000)]
    public void Short_plaintexts_are_one_RSA_block_and_longer_ones_have_an_AES_key_before_them(int length)
    {
        byte[] plaintext = RandomNumberGenerator.GetBytes(length);
        byte[] cypher = Encrypt(plaintext);
        bool isDirect = length <= 256 - 11;
        Assert.Equal(isDirect ? 256 : 256 + 12 + length + 16, cypher.Length);
        Assert.Equal(cypher.Length, ValueCypher.BytesOf(length, 256));
        Assert.Equal(plaintext, ValueCypher.Decrypt(Recipient, cypher));
    }

    [Fact]
    public void Smaller_AES_keys_are_read_too()
    {
        byte[] plaintext = RandomNumberGenerator.GetBytes(300), iv = RandomNumberGenerator.GetBytes(12);
        foreach (int keyBytes in (int[])[16, 24, 32])
        {
            byte[] key = RandomNumberGenerator.GetBytes(keyBytes), body = new byte[300], tag = new byte[16];
            using (var aes = new AesGcm(key, 16)) aes.Encrypt(iv, plaintext, body, tag);
            Assert.Equal(plaintext, ValueCypher.Decrypt(Recipient, [.. Public().Encrypt(key, RSAEncryptionPadding.Pkcs1), .. iv, .. body, .. tag]));
        }
    }

    [Fact]
    public void A_changed_or_shortened_cypher_does_not_open_wherever_it_was_changed()
    {
        byte[] cypher = Encrypt(RandomNumberGenerator.GetBytes(300));
        for (int i = 0; i < cypher.Length; i++)
        {
            byte[] changed = [.. cypher];
            changed[i] ^= 0x10;
            Assert.Null(ValueCypher.Decrypt(Recipient, changed));
        }

        // 256 bytes alone are the wrapped AES key, and open as a short plaintext that is no value.
        for (int length = 0; length < cypher.Length; length++)
        {
            if (length != 256) Assert.Null(ValueCypher.Decrypt(Recipient, cypher.AsSpan(0, length)));
        }
    }

    // A wrong padding, a key of an impossible size and a wrong tag must be one answer: nothing.
    [Fact]
    public void Wrong_padding_wrong_key_size_and_wrong_tag_are_one_answer()
    {
        byte[] rest = RandomNumberGenerator.GetBytes(12 + 100 + 16);
        Assert.Null(ValueCypher.Decrypt(Recipient, [.. Public().Encrypt(new byte[32], RSAEncryptionPadding.OaepSHA1), .. rest]));
        Assert.Null(ValueCypher.Decrypt(Recipient, [.. Public().Encrypt(new byte[17], RSAEncryptionPadding.Pkcs1), .. rest]));
        Assert.Null(ValueCypher.Decrypt(Recipient, [.. Public().Encrypt(new byte[32], RSAEncryptionPadding.Pkcs1), .. rest]));
        Assert.Null(ValueCypher.Decrypt(Recipient, [.. new byte[256], .. rest]));
        Assert.Null(ValueCypher.Decrypt(Recipient, [.. Enumerable.Repeat((byte)0xFF, 256), .. rest]));
    }

    [Fact]
    public void Garbage_never_opens_and_never_throws()
    {
        var opener = new ValueOpener(Recipient, new RsaVerifier(), new SecureCounters());
        Gen.Byte.Array[1, 600].Sample(
            cypher =>
            {
                new ValueBuilder { Id = 1, Cypher = cypher }.Pack(out byte[] packed);
                Assert.Equal(OpenedAs.Undecryptable, opener.Open(packed, default, out _));
            },
            iter: 300);
    }

    [Fact]
    public void What_is_inside_must_be_signed_and_for_us()
    {
        RsaIdentity sender = TestIdentities.Bob;
        Assert.Equal(OpenedAs.Decrypted, OpenInner(Inner(sender, Recipient.KeyId), out VerifiedValue? value));
        Assert.Equal(sender.KeyId, value!.OwnerId);
        Assert.Equal(OpenedAs.Undecryptable, OpenInner(Inner(sender, sender.KeyId), out _));
        Assert.Equal(OpenedAs.Undecryptable, OpenInner(Inner(sender, null), out _));
        Assert.Equal(OpenedAs.Undecryptable, OpenInner(new ValueBuilder { Id = 1, Data = "unsigned"u8.ToArray() }, out _));
        ValueBuilder forged = Inner(sender, Recipient.KeyId);
        byte[] signature = forged.Signature.ToArray();
        signature[100] ^= 1;
        forged.Signature = signature;
        Assert.Equal(OpenedAs.Undecryptable, OpenInner(forged, out _));
    }

    private static OpenedAs OpenInner(ValueBuilder inner, out VerifiedValue? value)
    {
        new ValueBuilder { Id = 1, Cypher = Encrypt(inner.PackDat()) }.Pack(out byte[] packed);
        return new ValueOpener(Recipient, new RsaVerifier(), new SecureCounters()).Open(packed, default, out value);
    }

    private static ValueBuilder Inner(RsaIdentity sender, InfoHash? recipient)
    {
        var inner = new ValueBuilder { Id = 1, Data = "secret"u8.ToArray(), Owner = sender.PublicKey, Recipient = recipient };
        inner.Signature = sender.Sign(inner.BodyToSign());
        return inner;
    }

    private static byte[] Encrypt(byte[] plaintext) => ValueCypher.Encrypt(Public(), plaintext);

    private static RSA Public()
    {
        var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(Recipient.PublicKey.Span, out _);
        return key;
    }
}
