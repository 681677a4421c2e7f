using System.Numerics;
using System.Security.Cryptography;

namespace Dna.Fast.Identity.Tests;

public sealed class DerivedRsaKeyTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(0, DerivedRsaKey.SeedBytes).Select(i => (byte)i)];

    // The key ids are also what derive_rsa.py beside this file prints, which shares no code with the product. Never change them: keys that were derived own values.
    [Theory]
    [InlineData(2048, "4660fa0e5858edd653412868d1c43c5ad1b307ca", "7c64acacc28269a15bcf5f3a91960472711ffdaa05db8fba5935599e8f203d44")]
    [InlineData(4096, "4e53783bbc9e499ff2acd53d9fbea019eb6556db", "daa48f102cd38576fde966b314598fa1e272fc81e84a12e3eaa45b62b31fcd42")]
    public async Task A_seed_gives_this_key_and_this_certificate_for_ever(int bits, string keyId, string certificateSha256)
    {
        using RsaIdentity identity = await RsaIdentity.DeriveAsync(Seed, bits);
        Assert.Equal(bits, identity.Bits);
        Assert.Equal(keyId, identity.KeyId.ToString());
        Assert.Equal(certificateSha256, Convert.ToHexStringLower(SHA256.HashData(Assert.Single(identity.Chain).Span)));
    }

    [Fact]
    public async Task Another_seed_or_size_gives_another_key()
    {
        byte[] other = [.. Seed];
        other[31] ^= 1;
        using RsaIdentity first = await RsaIdentity.DeriveAsync(Seed, 2048);
        using RsaIdentity second = await RsaIdentity.DeriveAsync(other, 2048);
        using RsaIdentity third = await RsaIdentity.DeriveAsync(Seed, 2176);
        Assert.Equal(3, new[] { first.KeyId, second.KeyId, third.KeyId }.Distinct().Count());
    }

    [Fact]
    public async Task Deriving_can_be_cancelled_and_never_runs_on_the_callers_thread()
    {
        using var cancelled = new CancellationTokenSource();
        Task<RsaIdentity> derived = RsaIdentity.DeriveAsync(Seed, 8192, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => derived);
    }

    [Fact]
    public async Task A_wrong_size_is_the_callers_error()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => RsaIdentity.DeriveAsync(new byte[31]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => RsaIdentity.DeriveAsync(Seed, 1024));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => RsaIdentity.DeriveAsync(Seed, 2050));
        Assert.Throws<ArgumentException>(() => DerivedRsaKey.Derive(new byte[31], 2048, CancellationToken.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => DerivedRsaKey.Derive(Seed, 2112, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => RsaIdentity.GenerateAsync(16384, CertificateForm.Stock, TimeProvider.System));
    }

    [Fact]
    public void The_prime_test_agrees_with_a_plain_one()
    {
        var random = new Random(5);
        byte[] number = new byte[16];
        int primes = 0;
        for (int i = 0; i < 3_000; i++)
        {
            random.NextBytes(number);
            number[0] |= 0x80;
            number[^1] |= 1;
            bool expected = IsPrime(new BigInteger(number, isUnsigned: true, isBigEndian: true));
            Assert.Equal(expected, PrimeTest.IsPrime(number));
            if (expected) primes++;
        }

        Assert.InRange(primes, 20, 200);
    }

    [Theory]
    // 2^127 - 1 does not begin with a set bit; these do: the largest primes below 2^128 and 2^256, and 2^64-limb edge cases around them.
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF61", true)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF63", false)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF43", true)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF45", false)]
    [InlineData("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF", true)]
    public void Known_primes_are_primes(string hex, bool isPrime) => Assert.Equal(isPrime, PrimeTest.IsPrime(Convert.FromHexString(hex)));

    [Fact]
    public void Nothing_is_left_of_a_number_that_was_tested()
    {
        var field = new MontgomeryField([ulong.MaxValue - 158, ulong.MaxValue]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(field.PassesMillerRabin(2));
        // No number lies anywhere but in the field.
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.False(field.IsClear);
        field.Clear();
        Assert.True(field.IsClear);
    }

    [Fact]
    public void A_product_of_two_large_primes_is_none()
    {
        var p = new BigInteger(Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFF61"), isUnsigned: true, isBigEndian: true);
        Assert.False(PrimeTest.IsPrime((p * p).ToByteArray(isUnsigned: true, isBigEndian: true)));
    }

    private static bool IsPrime(BigInteger number)
    {
        for (int divisor = 3; divisor < 1000; divisor += 2)
        {
            if (number % divisor == 0) return false;
        }

        foreach (int witness in (int[])[2, 3, 5, 7, 11, 13, 17, 19, 23, 29])
        {
            BigInteger rest = number - 1;
            int twos = 0;
            for (; rest.IsEven; rest >>= 1) twos++;
            var power = BigInteger.ModPow(witness, rest, number);
            bool passes = power.IsOne || power == number - 1;
            for (int i = 1; i < twos && !passes; i++)
            {
                power = power * power % number;
                passes = power == number - 1;
            }

            if (!passes) return false;
        }

        return true;
    }
}
