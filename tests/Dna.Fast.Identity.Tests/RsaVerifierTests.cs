using System.Security.Cryptography;
using CsCheck;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity.Tests;

public sealed class RsaVerifierTests
{
    private static readonly byte[] Body = "a body"u8.ToArray();
    private static readonly RSA Key = RSA.Create(2048);
    private static readonly byte[] Spki = Key.ExportSubjectPublicKeyInfo();
    private static readonly byte[] Signature = Key.SignData(Body, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);

    [Fact]
    public void A_stock_nodes_signature_verifies_and_no_flipped_bit_of_it_does()
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(Captures.SignedValue, out ValueView value, out _));
        byte[] body = new byte[ValueWriter.BytesMax(value)];
        body = body[..ValueWriter.WriteBody(body, value)];
        byte[] owner = value.Owner.ToArray(), signature = value.Signature.ToArray();
        var verifier = new RsaVerifier();
        Assert.True(verifier.Verify(owner, body, signature));
        for (int i = 0; i < signature.Length; i += 7) Assert.False(verifier.Verify(owner, body, Flip(signature, 8 * i)));
        for (int i = 0; i < body.Length; i++) Assert.False(verifier.Verify(owner, Flip(body, 8 * i + 3), signature));
        for (int i = 0; i < owner.Length; i++) Assert.False(verifier.Verify(Flip(owner, 8 * i), body, signature));
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void Keys_of_real_sizes_verify(int bits)
    {
        using var rsa = RSA.Create(bits);
        Assert.True(new RsaVerifier().Verify(
            rsa.ExportSubjectPublicKeyInfo(), Body, rsa.SignData(Body, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)));
    }

    [Fact]
    public void Another_hash_or_padding_does_not_verify()
    {
        var verifier = new RsaVerifier();
        Assert.True(verifier.Verify(Spki, Body, Signature));
        Assert.False(verifier.Verify(Spki, Body, Key.SignData(Body, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
        Assert.False(verifier.Verify(Spki, Body, Key.SignData(Body, HashAlgorithmName.SHA512, RSASignaturePadding.Pss)));
    }

    [Fact]
    public void Keys_of_other_kinds_never_verify()
    {
        var verifier = new RsaVerifier();
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        byte[] spki = ecdsa.ExportSubjectPublicKeyInfo();
        Assert.False(verifier.Verify(spki, Body, ecdsa.SignData(Body, HashAlgorithmName.SHA512)));
        Assert.False(verifier.Verify(spki, Body, new byte[256]));

        // The same RSA numbers under the name of RSA-PSS (1.2.840.113549.1.1.10), which stock refuses to verify too.
        byte[] pss = [.. Spki];
        int name = pss.AsSpan().IndexOf((byte[])[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]);
        pss[name + 8] = 10;
        Assert.False(verifier.Verify(pss, Body, Signature));
    }

    [Fact]
    public void Keys_that_cost_too_much_or_protect_nothing_are_refused()
    {
        Assert.False(RsaPublicKey.TryRead(Encode(Odd(96), [1, 0, 1]), out _));
        Assert.False(RsaPublicKey.TryRead(Encode(Odd(1025), [1, 0, 1]), out _));
        Assert.False(RsaPublicKey.TryRead(Encode(Odd(256), [1]), out _));
        Assert.False(RsaPublicKey.TryRead(Encode(Odd(256), [2]), out _));
        Assert.False(RsaPublicKey.TryRead(Encode(Odd(256), [1, 0, 0, 0, 1]), out _));
        byte[] even = Odd(256);
        even[^1] &= 0xFE;
        Assert.False(RsaPublicKey.TryRead(Encode(even, [1, 0, 1]), out _));
        Assert.True(RsaPublicKey.TryRead(Encode(Odd(256), [1, 0, 1]), out _));
        Assert.True(RsaPublicKey.TryRead(Encode(Odd(128), [3]), out _));
        Assert.True(RsaPublicKey.TryRead(Encode(Odd(1024), [1, 0, 1]), out _));
    }

    [Fact]
    public void Another_spelling_of_a_key_is_refused()
    {
        Assert.False(RsaPublicKey.TryRead([.. Spki, 0], out _));
        Assert.False(RsaPublicKey.TryRead(Spki.AsSpan(0, Spki.Length - 1), out _));
        // Absent parameters in place of NULL.
        int name = Spki.AsSpan().IndexOf((byte[])[0x05, 0x00]);
        byte[] absent = [.. Spki[..name], .. Spki[(name + 2)..]];
        absent[3] -= 2;
        absent[5] -= 2;
        Assert.False(RsaPublicKey.TryRead(absent, out _));
    }

    [Fact]
    public void Garbage_never_verifies_and_never_throws()
    {
        var verifier = new RsaVerifier();
        Gen.Select(Gen.Byte.Array[0, 700], Gen.Byte.Array[0, 64], Gen.Byte.Array[0, 1100])
            .Sample((owner, body, signature) => Assert.False(verifier.Verify(owner, body, signature)));
        Gen.Select(Gen.Int[0, Spki.Length - 1], Gen.Byte).Sample((at, with) =>
        {
            byte[] changed = [.. Spki];
            changed[at] = with;
            Assert.Equal(changed.AsSpan().SequenceEqual(Spki), verifier.Verify(changed, Body, Signature));
        });
    }

    [Fact]
    public void The_cache_is_bounded_whatever_keys_come()
    {
        var cache = new OwnerKeyCache();
        RSA? first = cache.Find(Spki);
        Assert.NotNull(first);
        Assert.Same(first, cache.Find(Spki));
        byte[] modulus = Odd(128);
        for (int i = 0; i < 3 * OwnerKeyCache.GenerationMax; i++)
        {
            BitConverter.TryWriteBytes(modulus.AsSpan(8), i);
            Assert.NotNull(cache.Find(Encode(modulus, [1, 0, 1])));
            // Used all the time, so never forgotten.
            Assert.Same(first, cache.Find(Spki));
        }

        Assert.InRange(cache.Count, OwnerKeyCache.GenerationMax, 2 * OwnerKeyCache.GenerationMax);
    }

    [Fact]
    public void Many_threads_verify_with_one_key_at_once()
    {
        var verifier = new RsaVerifier();
        int wrong = 0;
        Parallel.For(0, 2_000, i =>
        {
            bool expected = i % 2 == 0;
            if (verifier.Verify(Spki, Body, expected ? Signature : Flip(Signature, i)) != expected) Interlocked.Increment(ref wrong);
        });
        Assert.Equal(0, wrong);
        Assert.Equal(1, verifier.KeysHeld);
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[bit / 8 % bytes.Length] ^= (byte)(1 << bit % 8);
        return flipped;
    }

    /// <summary>An odd number of so many bytes whose first bit is set. No product of two primes: nothing verifies under it.</summary>
    private static byte[] Odd(int bytes)
    {
        byte[] number = new byte[bytes];
        new Random(bytes).NextBytes(number);
        number[0] |= 0x80;
        number[^1] |= 1;
        return number;
    }

    /// <summary>Spells a key by the framework's own writer of DER.</summary>
    private static byte[] Encode(byte[] modulus, byte[] exponent)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(modulus);
            writer.WriteIntegerUnsigned(exponent);
        }

        byte[] key = writer.Encode();
        writer.Reset();
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                writer.WriteNull();
            }

            writer.WriteBitString(key);
        }

        return writer.Encode();
    }
}
