using System.Text;
using Dna.Fast.Kademlia;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;

namespace Dna.Fast.Identity.Tests.Suites;

/// <summary>SHA-3 and SHAKE against the examples of FIPS 202 (NIST's example values) and against BouncyCastle's.</summary>
public sealed class Sha3Tests
{
    [Theory]
    [InlineData("", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a")]
    [InlineData("abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")]
    public void SHA3_256_is_NISTs(string message, string expected)
    {
        byte[] digest = new byte[Sha3.Bytes256];
        Sha3.Hash256(Encoding.ASCII.GetBytes(message), digest);
        Assert.Equal(expected, Convert.ToHexStringLower(digest));
    }

    [Theory]
    [InlineData("", "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26")]
    [InlineData("abc", "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0")]
    public void SHA3_512_is_NISTs(string message, string expected)
    {
        byte[] digest = new byte[Sha3.Bytes512];
        Sha3.Hash512(Encoding.ASCII.GetBytes(message), digest);
        Assert.Equal(expected, Convert.ToHexStringLower(digest));
    }

    [Fact]
    public void SHAKE_of_nothing_is_NISTs()
    {
        byte[] output = new byte[32];
        Sha3.Shake256([], output);
        Assert.Equal("46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f", Convert.ToHexStringLower(output));
        var sponge = new Sponge(Sponge.Rate128, Sponge.ShakeSuffix);
        sponge.Squeeze(output);
        Assert.Equal("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26", Convert.ToHexStringLower(output));
    }

    [Fact]
    public void Every_length_around_the_blocks_agrees_with_another_implementation()
    {
        byte[] message = new byte[600];
        new Random(3).NextBytes(message);
        for (int length = 0; length <= message.Length; length++)
        {
            ReadOnlySpan<byte> part = message.AsSpan(0, length);
            byte[] small = new byte[Sha3.Bytes256], large = new byte[Sha3.Bytes512];
            Sha3.Hash256(part, small);
            Sha3.Hash512(part, large);
            Assert.Equal(Digest(new Sha3Digest(256), part), small);
            Assert.Equal(Digest(new Sha3Digest(512), part), large);
        }
    }

    [Fact]
    public void Pieces_give_what_the_whole_gives()
    {
        var random = new Random(5);
        byte[] message = new byte[1_000], expected = new byte[700], output = new byte[700];
        random.NextBytes(message);
        var shake = new ShakeDigest(128);
        shake.BlockUpdate(message);
        shake.OutputFinal(expected);
        for (int i = 0; i < 200; i++)
        {
            var sponge = new Sponge(Sponge.Rate128, Sponge.ShakeSuffix);
            for (ReadOnlySpan<byte> rest = message; !rest.IsEmpty;)
            {
                int piece = Math.Min(random.Next(200), rest.Length);
                sponge.Absorb(rest[..piece]);
                rest = rest[piece..];
            }

            output.AsSpan().Clear();
            for (Span<byte> rest = output; !rest.IsEmpty;)
            {
                int piece = Math.Min(random.Next(200), rest.Length);
                sponge.Squeeze(rest[..piece]);
                rest = rest[piece..];
            }

            Assert.Equal(expected, output);
        }
    }

    [Fact]
    public void A_squeezed_sponge_absorbs_no_more_until_it_is_cleared()
    {
        byte[] first = new byte[32], second = new byte[32];
        var sponge = new Sponge(Sponge.Rate256, Sponge.ShakeSuffix);
        sponge.Absorb("abc"u8);
        sponge.Squeeze(first);
        Assert.Throws<InvalidOperationException>(() => sponge.Absorb("abc"u8));
        sponge.Clear();
        sponge.Absorb("abc"u8);
        sponge.Squeeze(second);
        Assert.Equal(first, second);
    }

    [Fact]
    public void Fingerprints_are_read_as_people_type_them()
    {
        Assert.Equal(Fixture.AliceFingerprint, UserFingerprint.Normalise(Fixture.AliceFingerprint.ToUpperInvariant()));
        Assert.Null(UserFingerprint.Normalise(string.Concat(Fixture.AliceFingerprint.AsSpan(1), "g")));
        Assert.Null(UserFingerprint.Normalise(Fixture.AliceFingerprint[1..] + "g"));
    }

    private static byte[] Digest(IDigest digest, ReadOnlySpan<byte> message)
    {
        digest.BlockUpdate(message);
        byte[] output = new byte[digest.GetDigestSize()];
        digest.DoFinal(output);
        return output;
    }
}
