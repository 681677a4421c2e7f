using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace Dna.Fast.Identity;

/// <summary>ML-DSA-87 (FIPS 204) with an empty context, by BouncyCastle.</summary>
/// <remarks>
/// Any thread. Signing is hedged: each signature takes 32 fresh random bytes. BouncyCastle keeps a private key in arrays of its own, which it never zeroes and nobody can
/// reach: that one copy lives until the collector takes it. All copies made here are zeroed.
/// </remarks>
internal static class MlDsa87
{
    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeyBytes = 2_592;

    /// <summary>Bytes of a private key in the form of FIPS 204, algorithm 24.</summary>
    public const int PrivateKeyBytes = 4_896;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureBytes = 4_627;

    /// <summary>Bytes of the seed xi of FIPS 204, algorithm 1.</summary>
    public const int SeedBytes = 32;

    private static MLDsaParameters Parameters => MLDsaParameters.ml_dsa_87;

    /// <param name="seed">32 bytes.</param>
    public static MLDsaPrivateKeyParameters FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedBytes) throw new ArgumentException($"{SeedBytes} bytes are wanted, not {seed.Length}.", nameof(seed));
        return WithPinnedCopy(seed, copy => MLDsaPrivateKeyParameters.FromSeed(Parameters, copy, MLDsaPrivateKeyParameters.Format.EncodingOnly));
    }

    /// <param name="privateKey">Any bytes.</param>
    /// <returns>Null when they are no private key, or one whose signatures its own public key does not verify.</returns>
    public static MLDsaPrivateKeyParameters? Import(ReadOnlySpan<byte> privateKey, FillRandom random)
    {
        if (privateKey.Length != PrivateKeyBytes) return null;
        try
        {
            MLDsaPrivateKeyParameters key = WithPinnedCopy(privateKey, copy => MLDsaPrivateKeyParameters.FromEncoding(Parameters, copy));
            ReadOnlySpan<byte> trial = "whole"u8;
            byte[] signature = Sign(key, trial, random);
            return Verify(key.GetPublicKeyEncoded(), trial, signature) ? key : null;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or Org.BouncyCastle.Crypto.CryptoException)
        {
            return null;
        }
    }

    /// <summary>Copies the private key out; the caller zeroes it.</summary>
    /// <param name="privateKey">4896 bytes.</param>
    public static void Export(MLDsaPrivateKeyParameters key, Span<byte> privateKey)
    {
        byte[] copy = key.GetEncoded();
        copy.CopyTo(privateKey);
        CryptographicOperations.ZeroMemory(copy);
    }

    public static byte[] Sign(MLDsaPrivateKeyParameters key, ReadOnlySpan<byte> message, FillRandom random)
    {
        var signer = new MLDsaSigner(Parameters, deterministic: false);
        signer.Init(true, new ParametersWithRandom(key, new SecureRandom(new Generator(random))));
        signer.BlockUpdate(message);
        return signer.GenerateSignature();
    }

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeyBytes || signature.Length != SignatureBytes) return false;
        var signer = new MLDsaSigner(Parameters, deterministic: true);
        signer.Init(false, MLDsaPublicKeyParameters.FromEncoding(Parameters, publicKey.ToArray()));
        signer.BlockUpdate(message);
        return signer.VerifySignature(signature.ToArray());
    }

    private static MLDsaPrivateKeyParameters WithPinnedCopy(ReadOnlySpan<byte> secret, Func<byte[], MLDsaPrivateKeyParameters> read)
    {
        byte[] copy = GC.AllocateUninitializedArray<byte>(secret.Length, pinned: true);
        secret.CopyTo(copy);
        try
        {
            return read(copy);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    /// <summary>Our randomness in BouncyCastle's shape.</summary>
    private sealed class Generator(FillRandom random) : IRandomGenerator
    {
        public void AddSeedMaterial(byte[] seed)
        {
            // The source needs none.
        }

        public void AddSeedMaterial(ReadOnlySpan<byte> seed)
        {
            // The source needs none.
        }

        public void AddSeedMaterial(long seed)
        {
            // The source needs none.
        }

        public void NextBytes(byte[] bytes) => random(bytes);

        public void NextBytes(byte[] bytes, int start, int len) => random(bytes.AsSpan(start, len));

        public void NextBytes(Span<byte> bytes) => random(bytes);
    }
}
