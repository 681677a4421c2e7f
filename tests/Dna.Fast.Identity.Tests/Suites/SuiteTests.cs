using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity.Tests.Suites;

/// <summary>What holds for both suites.</summary>
public sealed class SuiteTests
{
    public static TheoryData<string> Suites => Fixture.Suites;

    [Theory, MemberData(nameof(Suites))]
    public void Sizes_are_what_they_say(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys keys = Fixture.Alice(suite);
        Assert.Equal(name, suite.Name);
        Assert.Same(suite, keys.Suite);
        Assert.Same(suite, Fixture.System.Find(suite.Id));
        Assert.Equal(suite.SigningKeyBytes, keys.SigningKey.Length);
        Assert.Equal(suite.EncryptionKeyBytes, keys.EncryptionKey.Length);
        Assert.Equal(suite.EnvelopeBytes(100, 3), keys.Seal([keys.EncryptionKey, keys.EncryptionKey, keys.EncryptionKey], new byte[100])!.Length);
        Assert.Equal(suite.BlobOverheadBytes + 100, suite.SealBlob(keys.EncryptionKey.Span, new byte[100])!.Length);
        Assert.Equal(keys.Fingerprint, UserFingerprint.Of(keys.SigningKey.Span));
    }

    [Theory, MemberData(nameof(Suites))]
    public void Signatures_verify_and_nothing_else_does(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys alice = Fixture.Alice(suite), bob = Fixture.Bob(suite);
        byte[] message = [1, 2, 3], signature = new byte[suite.SignatureBytes];
        alice.Sign(message, signature);
        Assert.True(suite.Verify(alice.SigningKey.Span, message, signature));
        Assert.False(suite.Verify(bob.SigningKey.Span, message, signature));
        Assert.False(suite.Verify(alice.SigningKey.Span, [1, 2, 4], signature));
        Assert.False(suite.Verify(alice.SigningKey.Span, message, [.. signature, 0]));
        Assert.False(suite.Verify(alice.SigningKey.Span, message, []));
        Assert.False(suite.Verify([], message, signature));
        alice.Sign([], signature);
        Assert.True(suite.Verify(alice.SigningKey.Span, [], signature));
    }

    [Theory, MemberData(nameof(Suites))]
    public void An_envelope_opens_for_each_recipient_and_for_nobody_else(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys alice = Fixture.Alice(suite), bob = Fixture.Bob(suite), carol = Fixture.Carol(suite);
        byte[] text = RandomNumberGenerator.GetBytes(1_000);
        byte[] envelope = alice.Seal([alice.EncryptionKey, bob.EncryptionKey], text)!;
        foreach (IIdentityKeys reader in (IIdentityKeys[])[alice, bob])
        {
            Assert.Equal(OpenStatus.Ok, reader.Open(envelope, out byte[]? plaintext, out byte[]? sender));
            Assert.Equal(text, plaintext);
            Assert.Equal(alice.SigningKey.ToArray(), sender);
        }

        Assert.Equal(OpenStatus.NotForUs, carol.Open(envelope, out byte[]? nothing, out byte[]? nobody));
        Assert.Null(nothing);
        Assert.Null(nobody);
    }

    [Theory, MemberData(nameof(Suites))]
    public void Empty_and_long_texts_travel(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys alice = Fixture.Alice(suite), bob = Fixture.Bob(suite);
        foreach (int length in (int[])[0, 1, 100_000])
        {
            byte[] text = RandomNumberGenerator.GetBytes(length);
            Assert.Equal(OpenStatus.Ok, bob.Open(alice.Seal([bob.EncryptionKey], text)!, out byte[]? plaintext, out _));
            Assert.Equal(text, plaintext);
            Assert.Equal(text, bob.OpenBlob(suite.SealBlob(bob.EncryptionKey.Span, text)!));
        }
    }

    [Theory, MemberData(nameof(Suites))]
    public void An_envelope_may_have_254_recipients_and_no_more(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys alice = Fixture.Alice(suite), bob = Fixture.Bob(suite);
        List<ReadOnlyMemory<byte>> recipients = [.. Enumerable.Repeat(alice.EncryptionKey, EnvelopeLimits.RecipientsMax - 1), bob.EncryptionKey];
        Assert.Equal(OpenStatus.Ok, bob.Open(alice.Seal(recipients, [7])!, out byte[]? plaintext, out _));
        Assert.Equal([7], plaintext);
        recipients.Add(alice.EncryptionKey);
        Assert.Throws<ArgumentException>(() => alice.Seal(recipients, [7]));
        Assert.Throws<ArgumentException>(() => alice.Seal([], [7]));
        Assert.Throws<ArgumentException>(() => alice.Seal([alice.EncryptionKey[1..]], [7]));
        Assert.Throws<ArgumentException>(() => alice.Seal([alice.EncryptionKey], new byte[EnvelopeLimits.PlaintextBytesMax + 1]));
    }

    [Theory, MemberData(nameof(Suites))]
    public void A_wrapped_key_unwraps_for_its_recipient_only(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys alice = Fixture.Alice(suite), bob = Fixture.Bob(suite);
        byte[] key = RandomNumberGenerator.GetBytes(32), wrapped = new byte[suite.WrappedKeyBytes], again = new byte[32];
        Assert.True(suite.WrapKey(bob.EncryptionKey.Span, key, wrapped));
        Assert.True(bob.TryUnwrapKey(wrapped, again));
        Assert.Equal(key, again);
        Assert.False(alice.TryUnwrapKey(wrapped, again));
        Assert.Equal(new byte[32], again);
        Assert.False(bob.TryUnwrapKey(wrapped.AsSpan(1), again));
        Assert.False(bob.TryUnwrapKey([], again));
    }

    [Theory, MemberData(nameof(Suites))]
    public void A_key_is_written_out_and_read_back(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys alice = Fixture.Alice(suite);
        byte[] signing = new byte[suite.PrivateSigningKeyBytes], encryption = new byte[suite.PrivateEncryptionKeyBytes];
        alice.ExportPrivate(signing, encryption);
        using IIdentityKeys again = suite.Import(signing, encryption)!;
        Assert.Equal(alice.Fingerprint, again.Fingerprint);
        Assert.Equal(alice.EncryptionKey.ToArray(), again.EncryptionKey.ToArray());
        Assert.Equal(OpenStatus.Ok, again.Open(alice.Seal([alice.EncryptionKey], [1])!, out _, out _));
        Assert.Equal(OpenStatus.Ok, alice.Open(again.Seal([alice.EncryptionKey], [1])!, out _, out _));
        Assert.Null(suite.Import(signing.AsSpan(1), encryption));
        Assert.Null(suite.Import(signing, encryption.AsSpan(1)));
        Assert.Null(suite.Import([], []));
    }

    [Fact]
    public void A_private_key_whose_halves_do_not_fit_is_refused()
    {
        IIdentitySuite suite = Fixture.System.Messenger;
        using IIdentityKeys alice = Fixture.Alice(suite);
        byte[] signing = new byte[suite.PrivateSigningKeyBytes], encryption = new byte[suite.PrivateEncryptionKeyBytes];
        alice.ExportPrivate(signing, encryption);
        // Kyber: s, the public key, its hash. ML-DSA: rho, tr, s1.
        foreach (int at in (int[])[100, 2_000, 3_120])
        {
            encryption[at] ^= 1;
            Assert.Null(suite.Import(signing, encryption));
            encryption[at] ^= 1;
        }

        foreach (int at in (int[])[0, 70, 200])
        {
            signing[at] ^= 1;
            Assert.Null(suite.Import(signing, encryption));
            signing[at] ^= 1;
        }

        Assert.NotNull(suite.Import(signing, encryption));
    }

    [Theory, MemberData(nameof(Suites))]
    public void A_mnemonic_gives_the_same_keys_again_and_each_suite_its_own(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        byte[] master = new byte[Mnemonic.MasterBytes];
        using Mnemonic words = Mnemonic.FromEntropy(new byte[32]);
        Assert.True(words.DeriveMaster("", master));
        using IIdentityKeys keys = suite.FromMaster(master), again = suite.FromMaster(master);
        Assert.Equal(keys.Fingerprint, again.Fingerprint);
        Assert.True(words.DeriveMaster("other", master));
        using IIdentityKeys other = suite.FromMaster(master);
        Assert.NotEqual(keys.Fingerprint, other.Fingerprint);
    }

    [Theory]
    [InlineData("messenger", "72b656d2739df07416b5d98943deb9debedaf2d9efd18153173e381b85d269e040ad4387b7e45ef776c3032c1fcb1d4a22c56f6eb1fd0572b66e646583742fd9")]
    [InlineData("fast", "2127fcf8249f4542b23acd8fa91d0abdf79dd5871a1ca2f6c3eaf3fd232719760bd798ec1f8e2bd4af8154a1de30247e45d04e2ec81b4f09f650131a95ce0e2e")]
    public void The_keys_of_a_mnemonic_never_change(string name, string fingerprint)
    {
        byte[] master = new byte[Mnemonic.MasterBytes];
        using Mnemonic words = Mnemonic.FromEntropy(new byte[32]);
        Assert.True(words.DeriveMaster("", master));
        using IIdentityKeys keys = Fixture.Suite(name).FromMaster(master);
        Assert.Equal(fingerprint, keys.Fingerprint);
        Assert.Throws<ArgumentException>(() => Fixture.Suite(name).FromMaster(master.AsSpan(1)));
    }

    [Theory, MemberData(nameof(Suites))]
    public void Keys_serve_many_threads_at_once(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys alice = Fixture.Alice(suite), bob = Fixture.Bob(suite);
        byte[] blob = suite.SealBlob(bob.EncryptionKey.Span, [1])!;
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            byte[] text = [(byte)i], signature = new byte[suite.SignatureBytes];
            alice.Sign(text, signature);
            Assert.True(suite.Verify(alice.SigningKey.Span, text, signature));
            Assert.Equal(OpenStatus.Ok, bob.Open(alice.Seal([bob.EncryptionKey], text)!, out byte[]? plaintext, out _));
            Assert.Equal(text, plaintext);
            Assert.Equal([1], bob.OpenBlob(blob));
        });
    }

    [Theory, MemberData(nameof(Suites))]
    public void Any_bytes_may_be_a_key_and_a_signature(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        byte[] key = new byte[suite.SigningKeyBytes], signature = new byte[suite.SignatureBytes];
        FillRandom random = Fixture.Repeatable("any bytes");
        for (int i = 0; i < 200; i++)
        {
            random(key);
            random(signature);
            Assert.False(suite.Verify(key, key, signature));
        }

        foreach (byte filling in (byte[])[0x00, 0xFF])
        {
            key.AsSpan().Fill(filling);
            signature.AsSpan().Fill(filling);
            Assert.False(suite.Verify(key, [1, 2, 3], signature));
        }
    }

    [Theory, MemberData(nameof(Suites))]
    public void Keys_tell_no_secret_and_are_of_no_use_after_they_are_disposed(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        IIdentityKeys alice = Fixture.Alice(suite);
        byte[] envelope = alice.Seal([alice.EncryptionKey], [1])!;
        Assert.Equal($"{name} keys of {alice.Fingerprint}", alice.ToString());
        alice.Dispose();
        alice.Dispose();
        Assert.Throws<ObjectDisposedException>(() => alice.Sign([1], new byte[suite.SignatureBytes]));
        Assert.Throws<ObjectDisposedException>(() => alice.Open(envelope, out _, out _));
    }

    [Fact]
    public void A_key_that_gives_every_partner_the_same_secret_is_refused()
    {
        IIdentitySuite suite = Fixture.System.Fast;
        using IIdentityKeys alice = Fixture.Alice(suite);
        // X25519's point of order 1 (RFC 7748, section 6.1).
        byte[] weak = new byte[32];
        Assert.Null(suite.SealBlob(weak, [1]));
        Assert.False(suite.WrapKey(weak, new byte[32], new byte[suite.WrappedKeyBytes]));
        Assert.Null(alice.Seal([weak], [1]));
        Assert.Null(alice.OpenBlob(new byte[100]));
    }
}
