using System.Numerics;
using System.Runtime.CompilerServices;
using CsCheck;

namespace Dna.Fast.Wire.Tests;

public sealed class InfoHashTests
{
    private static readonly Gen<InfoHash> Hash = Gen.Frequency(
        (4, Gen.Byte.Array[20].Select(bytes => new InfoHash(bytes))),
        (1, Gen.Int[0, 159].Select(bit => InfoHash.Zero.WithBit(bit, true))),
        (1, Gen.Const(InfoHash.Zero)));

    [Fact]
    public void It_takes_20_bytes() => Assert.Equal(20, Unsafe.SizeOf<InfoHash>());

    [Fact]
    public void A_key_that_is_text_is_hashed_with_sha1() =>
        Assert.Equal("95fbd23ce6e0ed6c47f3f3dd7368cae633b2b2fa", InfoHash.OfKey("test-persistence-key-12345").ToString());

    [Fact]
    public void A_key_of_40_hex_digits_is_taken_as_it_is() =>
        Assert.Equal("95fbd23ce6e0ed6c47f3f3dd7368cae633b2b2fa", InfoHash.OfKey("95FBD23CE6E0ED6C47F3F3DD7368CAE633B2B2FA").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("95fbd23ce6e0ed6c47f3f3dd7368cae633b2b2f")]
    [InlineData("95fbd23ce6e0ed6c47f3f3dd7368cae633b2b2fa0")]
    [InlineData("g5fbd23ce6e0ed6c47f3f3dd7368cae633b2b2fa")]
    [InlineData(" 5fbd23ce6e0ed6c47f3f3dd7368cae633b2b2fa")]
    public void Other_text_does_not_parse(string text) => Assert.False(InfoHash.TryParse(text, out _));

    [Fact]
    public void Too_few_bytes_are_a_programmers_error()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new InfoHash(new byte[19]));
        Assert.Throws<ArgumentOutOfRangeException>(() => InfoHash.Zero.CopyTo(new byte[19]));
    }

    [Fact]
    public void Hex_and_bytes_round_trip() => Hash.Sample(hash =>
    {
        byte[] bytes = new byte[20];
        hash.CopyTo(bytes);
        Assert.Equal(hash, new InfoHash(bytes));
        Assert.True(InfoHash.TryParse(hash.ToString(), out InfoHash parsed));
        Assert.Equal(hash, parsed);
        Assert.Equal(Convert.ToHexStringLower(bytes), hash.ToString());
        Assert.Equal(hash.GetHashCode(), parsed.GetHashCode());
    });

    [Fact]
    public void The_distance_is_a_metric() => Gen.Select(Hash, Hash, Hash).Sample((x, y, z) =>
    {
        Assert.True((x ^ x).IsZero);
        Assert.Equal(x == y, (x ^ y).IsZero);
        Assert.Equal(x ^ y, y ^ x);
        Assert.True(Number(x ^ z) <= Number(x ^ y) + Number(y ^ z));

        // One way: for a point and a distance there is exactly one other point.
        Assert.Equal(y, x ^ (x ^ y));
    });

    [Fact]
    public void Comparing_distances_agrees_with_big_integers() => Gen.Select(Hash, Hash, Hash).Sample((x, y, z) =>
    {
        Assert.Equal(Number(x ^ y).CompareTo(Number(x ^ z)), Math.Sign(x.CompareDistance(y, z)));
        Assert.Equal(Number(x).CompareTo(Number(y)), Math.Sign(x.CompareTo(y)));
        Assert.Equal(Number(x) < Number(y), x < y);
        Assert.Equal(Number(x) >= Number(y), x >= y);
    });

    [Fact]
    public void The_common_prefix_ends_at_the_highest_bit_of_the_distance() => Gen.Select(Hash, Hash).Sample((x, y) =>
    {
        BigInteger distance = Number(x ^ y);
        Assert.Equal(distance.IsZero ? 160 : 160 - (int)distance.GetBitLength(), x.CommonPrefixBits(y));
    });

    [Fact]
    public void Bits_count_from_the_most_significant() => Gen.Select(Hash, Gen.Int[0, 159], Gen.Bool).Sample((hash, index, value) =>
    {
        Assert.Equal(!(Number(hash) >> (159 - index)).IsEven, hash.Bit(index));
        InfoHash changed = hash.WithBit(index, value);
        Assert.Equal(value, changed.Bit(index));
        Assert.Equal(hash.Bit(index) == value, changed == hash);
        Assert.True(changed == hash || changed.CommonPrefixBits(hash) == index);
    });

    private static BigInteger Number(InfoHash hash)
    {
        byte[] bytes = new byte[20];
        hash.CopyTo(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }
}
