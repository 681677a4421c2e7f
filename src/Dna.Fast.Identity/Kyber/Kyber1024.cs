using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>Kyber1024 as of round 3 of NIST's competition (CRYSTALS-Kyber 3.02), which is not ML-KEM: keys, ciphertexts and secrets of the two do not fit each other.</summary>
/// <remarks>
/// <para>Any thread; allocates nothing. Keys: private is <c>s 1536 | public 1568 | SHA3-256(public) 32 | z 32</c>, public is <c>t 1536 | rho 32</c>.</para>
/// <para>Timing: no branch and no memory index depends on a secret; there is no division; the comparison of decapsulation and the choice after it are masks. What varies
/// in time is the expansion of the public rho. That is a property of this source, looked for in review: the compiler is free in how it translates, so nothing here is
/// a proof about one machine. Work memory is on the stack and zeroed before a method returns.</para>
/// </remarks>
public static class Kyber1024
{
    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeyBytes = KyberPke.PublicKeyBytes;

    /// <summary>Bytes of a private key.</summary>
    public const int PrivateKeyBytes = KyberPke.PrivateKeyBytes + PublicKeyBytes + Sha3.Bytes256 + SecretBytes;

    /// <summary>Bytes of a ciphertext.</summary>
    public const int CiphertextBytes = KyberPke.CiphertextBytes;

    /// <summary>Bytes of a shared secret, of a seed and of the randomness of an encapsulation.</summary>
    public const int SecretBytes = 32;

    private const int PublicAt = KyberPke.PrivateKeyBytes;
    private const int HashAt = PublicAt + PublicKeyBytes;
    private const int RejectionAt = HashAt + Sha3.Bytes256;

    /// <summary>The pair of a seed as the original client makes it: d is the seed, z its SHA3-256 (DNA layer, section 2.1).</summary>
    /// <param name="seed">32 bytes.</param>
    /// <param name="publicKey">1568 bytes.</param>
    /// <param name="privateKey">3168 bytes; the caller zeroes them.</param>
    public static void DeriveKeyPair(ReadOnlySpan<byte> seed, Span<byte> publicKey, Span<byte> privateKey)
    {
        Span<byte> z = stackalloc byte[SecretBytes];
        Sha3.Hash256(Exactly(seed, SecretBytes), z);
        GenerateKeyPair(seed, z, publicKey, privateKey);
        CryptographicOperations.ZeroMemory(z);
    }

    /// <summary>The pair of the two random strings the specification draws.</summary>
    /// <param name="d">32 bytes that the key comes from.</param>
    /// <param name="z">32 bytes that answer for damaged ciphertexts.</param>
    /// <param name="publicKey">1568 bytes.</param>
    /// <param name="privateKey">3168 bytes; the caller zeroes them.</param>
    public static void GenerateKeyPair(ReadOnlySpan<byte> d, ReadOnlySpan<byte> z, Span<byte> publicKey, Span<byte> privateKey)
    {
        publicKey = Exactly(publicKey, PublicKeyBytes);
        privateKey = Exactly(privateKey, PrivateKeyBytes);
        KyberPke.GenerateKeyPair(Exactly(d, SecretBytes), publicKey, privateKey[..PublicAt]);
        publicKey.CopyTo(privateKey[PublicAt..]);
        Sha3.Hash256(publicKey, privateKey[HashAt..]);
        Exactly(z, SecretBytes).CopyTo(privateKey[RejectionAt..]);
    }

    /// <summary>Makes a secret and seals it to a public key. Any 1568 bytes are a key; no check is prescribed and none is made.</summary>
    /// <param name="randomness">32 random bytes, never used twice.</param>
    /// <param name="ciphertext">1568 bytes.</param>
    /// <param name="secret">32 bytes; the caller zeroes them.</param>
    public static void Encapsulate(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> randomness, Span<byte> ciphertext, Span<byte> secret)
    {
        publicKey = Exactly(publicKey, PublicKeyBytes);
        ciphertext = Exactly(ciphertext, CiphertextBytes);
        // message, then the hash of the public key; key material, then coins.
        Span<byte> work = stackalloc byte[SecretBytes + Sha3.Bytes256 + Sha3.Bytes512];
        Span<byte> input = work[..Sha3.Bytes512], output = work[Sha3.Bytes512..];
        // The system's randomness is not sent out as it is.
        Sha3.Hash256(Exactly(randomness, SecretBytes), input);
        Sha3.Hash256(publicKey, input[SecretBytes..]);
        Sha3.Hash512(input, output);
        KyberPke.Encrypt(publicKey, input[..SecretBytes], output[SecretBytes..], ciphertext);
        DeriveSecret(output[..SecretBytes], ciphertext, secret);
        CryptographicOperations.ZeroMemory(work);
    }

    /// <summary>Opens a ciphertext. One that was not made for this key gives a secret nobody knows, in the same time and without a word: what is encrypted with it tells.</summary>
    /// <param name="ciphertext">1568 bytes.</param>
    /// <param name="privateKey">3168 bytes.</param>
    /// <param name="secret">32 bytes; the caller zeroes them.</param>
    public static void Decapsulate(ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> privateKey, Span<byte> secret)
    {
        ciphertext = Exactly(ciphertext, CiphertextBytes);
        privateKey = Exactly(privateKey, PrivateKeyBytes);
        Span<byte> work = stackalloc byte[Sha3.Bytes512 + Sha3.Bytes512 + CiphertextBytes];
        Span<byte> input = work[..Sha3.Bytes512], output = work.Slice(Sha3.Bytes512, Sha3.Bytes512), again = work[(2 * Sha3.Bytes512)..];
        KyberPke.Decrypt(privateKey[..PublicAt], ciphertext, input[..SecretBytes]);
        privateKey.Slice(HashAt, Sha3.Bytes256).CopyTo(input[SecretBytes..]);
        Sha3.Hash512(input, output);
        KyberPke.Encrypt(privateKey.Slice(PublicAt, PublicKeyBytes), input[..SecretBytes], output[SecretBytes..], again);
        Replace(output, privateKey[RejectionAt..], DifferenceMask(ciphertext, again));
        DeriveSecret(output[..SecretBytes], ciphertext, secret);
        CryptographicOperations.ZeroMemory(work);
    }

    /// <summary>Whether a private key is whole: its public half hashes to the hash it carries, and what is sealed to that half opens.</summary>
    /// <param name="privateKey">Any bytes.</param>
    public static bool IsWhole(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != PrivateKeyBytes) return false;
        ReadOnlySpan<byte> publicKey = PublicKeyOf(privateKey);
        Span<byte> hash = stackalloc byte[Sha3.Bytes256], sent = stackalloc byte[SecretBytes], received = stackalloc byte[SecretBytes];
        Sha3.Hash256(publicKey, hash);
        if (!CryptographicOperations.FixedTimeEquals(hash, privateKey.Slice(HashAt, Sha3.Bytes256))) return false;
        Span<byte> ciphertext = stackalloc byte[CiphertextBytes];
        // A trial with a known message protects nothing, so it needs no randomness.
        Encapsulate(publicKey, hash, ciphertext, sent);
        Decapsulate(ciphertext, privateKey, received);
        return CryptographicOperations.FixedTimeEquals(sent, received);
    }

    /// <summary>The public half that lies in a private key.</summary>
    /// <param name="privateKey">3168 bytes.</param>
    public static ReadOnlySpan<byte> PublicKeyOf(ReadOnlySpan<byte> privateKey) => Exactly(privateKey, PrivateKeyBytes).Slice(PublicAt, PublicKeyBytes);

    private static void DeriveSecret(ReadOnlySpan<byte> material, ReadOnlySpan<byte> ciphertext, Span<byte> secret)
    {
        Span<byte> input = stackalloc byte[SecretBytes + Sha3.Bytes256];
        material.CopyTo(input);
        Sha3.Hash256(ciphertext, input[SecretBytes..]);
        Sha3.Shake256(input, Exactly(secret, SecretBytes));
        CryptographicOperations.ZeroMemory(input);
    }

    /// <summary>0 when both are the same, 0xFF when they differ. Not inlined, so that the compiler learns nothing about the answer.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static byte DifferenceMask(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int difference = 0;
        for (int i = 0; i < left.Length; i++) difference |= left[i] ^ right[i];
        return (byte)(-difference >> 31);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static void Replace(Span<byte> target, ReadOnlySpan<byte> by, byte mask)
    {
        for (int i = 0; i < SecretBytes; i++) target[i] = (byte)(target[i] ^ mask & (target[i] ^ by[i]));
    }

    private static ReadOnlySpan<byte> Exactly(ReadOnlySpan<byte> bytes, int size, [CallerArgumentExpression(nameof(bytes))] string? name = null) =>
        bytes.Length == size ? bytes : throw new ArgumentException($"{size} bytes are wanted, not {bytes.Length}.", name);

    private static Span<byte> Exactly(Span<byte> bytes, int size, [CallerArgumentExpression(nameof(bytes))] string? name = null) =>
        bytes.Length == size ? bytes : throw new ArgumentException($"{size} bytes are wanted, not {bytes.Length}.", name);
}
