using Dna.Fast.Kademlia.Guard;

namespace Dna.Fast.Kademlia.Tests.Guard;

/// <summary>The authors' test vectors: key 00 01 .. 0f, message 00 01 .. of growing length.</summary>
public sealed class SipHashTests
{
    private static readonly SipHash Hash = new(0x0706050403020100, 0x0F0E0D0C0B0A0908);

    [Theory]
    [InlineData(0, "310e0edd47db6f72")]
    [InlineData(1, "fd67dc93c539f874")]
    [InlineData(2, "5a4fa9d909806c0d")]
    [InlineData(3, "2d7efbd796666785")]
    [InlineData(4, "b7877127e09427cf")]
    [InlineData(5, "8da699cd64557618")]
    [InlineData(6, "cee3fe586e46c9cb")]
    [InlineData(7, "37d1018bf50002ab")]
    [InlineData(8, "6224939a79f5f593")]
    [InlineData(15, "e545be4961ca29a1")]
    public void Hash_of_64_bits_is_the_published_one(int length, string expected)
    {
        byte[] actual = BitConverter.GetBytes(Hash.Hash64(Message(length)));
        Assert.Equal(expected, Convert.ToHexStringLower(actual));
    }

    [Theory]
    [InlineData(0, "a3817f04ba25a8e66df67214c7550293")]
    [InlineData(1, "da87c1d86b99af44347659119b22fc45")]
    public void Hash_of_128_bits_is_the_published_one(int length, string expected)
    {
        byte[] actual = new byte[SipHash.WideBytes];
        Hash.Write128(Message(length), actual);
        Assert.Equal(expected, Convert.ToHexStringLower(actual));
    }

    [Fact]
    public void Pair_of_hashes_is_the_two_hashes_of_its_19_bytes()
    {
        SipHash other = new(12345, 67890);
        byte[] message = Message(19), expected = new byte[2 * SipHash.WideBytes], actual = new byte[2 * SipHash.WideBytes];
        Hash.Write128(message, expected);
        other.Write128(message, expected.AsSpan(SipHash.WideBytes));
        WideHashes pair = SipHash.Pair(
            Hash, other, BitConverter.ToUInt64(message), BitConverter.ToUInt64(message, 8), message[16] | (ulong)message[17] << 8 | (ulong)message[18] << 16 | 19UL << 56);
        pair.Write(actual);
        Assert.Equal(expected, actual);
        Assert.True(pair.Matches(expected));
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] ^= 0x10;
            Assert.False(pair.Matches(expected));
            expected[i] ^= 0x10;
        }
    }

    private static byte[] Message(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];
}
