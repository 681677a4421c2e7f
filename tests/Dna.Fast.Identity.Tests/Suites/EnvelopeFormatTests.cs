using Dna.Fast.Identity.Tests.Kyber;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity.Tests.Suites;

/// <summary>What we seal others can open, and can open for ever.</summary>
public sealed class EnvelopeFormatTests
{
    private static readonly byte[] Message = "a text of some length"u8.ToArray();

    [Fact]
    public async Task What_we_seal_the_oracle_opens()
    {
        IIdentitySuite suite = Fixture.System.Messenger;
        using IIdentityKeys alice = Fixture.Alice(suite), bob = Fixture.Bob(suite);
        using var oracle = new PythonOracle();
        byte[] envelope = alice.Seal([alice.EncryptionKey, bob.EncryptionKey], Message)!;
        foreach (byte seed in (byte[])[0xA2, 0xB2]) Assert.Equal(Message, (await oracle.AskAsync("envelope", Fixture.Seed(seed), envelope))[0]);
        Assert.Empty((await oracle.AskAsync("envelope", Fixture.Seed(0xC2), envelope))[0]);
        byte[] backup = Fixture.Read("alice_dht_identity.plain");
        Assert.Equal(backup, (await oracle.AskAsync("blob", Fixture.Seed(0xA2), suite.SealBlob(alice.EncryptionKey.Span, backup)!))[0]);
    }

    [Fact]
    public void The_same_randomness_seals_the_same_and_other_randomness_nothing_alike()
    {
        foreach (string name in (string[])["messenger", "fast"])
        {
            byte[] first = Sealed(name, "one"), again = Sealed(name, "one"), other = Sealed(name, "two");
            Assert.Equal(first, again);
            Assert.NotEqual(first, other);
        }
    }

    /// <summary>What the first version wrote. It must open, and be written again, in every later one: there is no other reader to complain.</summary>
    [Fact]
    public void The_fast_envelope_of_version_1_never_changes()
    {
        byte[] frozen = Convert.FromHexString(Fixture.Lines("fast-envelope-v1.hex")[0]);
        using IIdentityKeys alice = Fixture.Alice(new UserSuites(Fixture.Repeatable("frozen")).Fast), bob = Fixture.Bob(Fixture.System.Fast);
        Assert.Equal(Convert.ToHexStringLower(frozen), Convert.ToHexStringLower(alice.Seal([alice.EncryptionKey, bob.EncryptionKey], Message)!));
        Assert.Equal(OpenStatus.Ok, bob.Open(frozen, out byte[]? plaintext, out byte[]? sender));
        Assert.Equal(Message, plaintext);
        Assert.Equal(alice.SigningKey.ToArray(), sender);
    }

    /// <summary>The same for a blob and a wrapped key.</summary>
    [Fact]
    public void The_fast_blob_and_wrapped_key_never_change()
    {
        string[] lines = Fixture.Lines("fast-envelope-v1.hex");
        IIdentitySuite suite = new UserSuites(Fixture.Repeatable("frozen")).Fast;
        using IIdentityKeys bob = Fixture.Bob(suite);
        byte[] wrapped = new byte[suite.WrappedKeyBytes], key = new byte[32];
        Assert.Equal(lines[1], Convert.ToHexStringLower(suite.SealBlob(bob.EncryptionKey.Span, Message)!));
        Assert.True(suite.WrapKey(bob.EncryptionKey.Span, Fixture.Seed(7), wrapped));
        Assert.Equal(lines[2], Convert.ToHexStringLower(wrapped));
        Assert.Equal(Message, bob.OpenBlob(Convert.FromHexString(lines[1])));
        Assert.True(bob.TryUnwrapKey(Convert.FromHexString(lines[2]), key));
        Assert.Equal(Fixture.Seed(7), key);
    }

    private static byte[] Sealed(string suite, string seed)
    {
        using IIdentityKeys alice = Fixture.Alice(new UserSuites(Fixture.Repeatable(seed)).Find(suite)!);
        return alice.Seal([alice.EncryptionKey], Message)!;
    }
}
