using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>ML-DSA-87, Kyber1024 round 3 and AES-256-GCM: reads and writes what the original client does (DNA layer, section 2.1).</summary>
/// <remarks>
/// Wrapped key: <c>Kyber ciphertext 1568 | AES key wrap under the shared secret 40</c>. Blob (section 5.2): <c>Kyber ciphertext 1568 | nonce 12 | tag 16 | AES-256-GCM
/// ciphertext</c>, key = the shared secret, no further data. Envelope: <see cref="MessengerEnvelope"/>.
/// </remarks>
public sealed class MessengerSuite(FillRandom random) : IIdentitySuite
{
    internal const int AesKeyBytes = 32;
    internal const int NonceBytes = 12;
    internal const int TagBytes = 16;
    internal const int WrappedBytes = Kyber1024.CiphertextBytes + AesKeyBytes + AesKeyWrap.OverheadBytes;

    private const int BlobHeaderBytes = Kyber1024.CiphertextBytes + NonceBytes + TagBytes;

    /// <inheritdoc />
    public SuiteId Id => SuiteId.Messenger;

    /// <inheritdoc />
    public string Name => "messenger";

    /// <inheritdoc />
    public int SigningKeyBytes => MlDsa87.PublicKeyBytes;

    /// <inheritdoc />
    public int EncryptionKeyBytes => Kyber1024.PublicKeyBytes;

    /// <inheritdoc />
    public int SignatureBytes => MlDsa87.SignatureBytes;

    /// <inheritdoc />
    public int WrappedKeyBytes => WrappedBytes;

    /// <inheritdoc />
    public int BlobOverheadBytes => BlobHeaderBytes;

    /// <inheritdoc />
    public int PrivateSigningKeyBytes => MlDsa87.PrivateKeyBytes;

    /// <inheritdoc />
    public int PrivateEncryptionKeyBytes => Kyber1024.PrivateKeyBytes;

    internal FillRandom Random => random;

    /// <inheritdoc />
    public int EnvelopeBytes(int plaintextBytes, int recipients) => MessengerEnvelope.Size(plaintextBytes, recipients);

    /// <inheritdoc />
    public bool Verify(ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => MlDsa87.Verify(signingKey, message, signature);

    /// <inheritdoc />
    public bool WrapKey(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> key, Span<byte> wrapped)
    {
        Span<byte> secret = stackalloc byte[Kyber1024.SecretBytes];
        try
        {
            Encapsulate(encryptionKey, wrapped[..Kyber1024.CiphertextBytes], secret);
            AesKeyWrap.Wrap(secret, key, wrapped[Kyber1024.CiphertextBytes..]);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <inheritdoc />
    public byte[]? SealBlob(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> plaintext)
    {
        byte[] blob = new byte[BlobHeaderBytes + plaintext.Length];
        Span<byte> secret = stackalloc byte[Kyber1024.SecretBytes];
        Span<byte> nonce = blob.AsSpan(Kyber1024.CiphertextBytes, NonceBytes), tag = blob.AsSpan(Kyber1024.CiphertextBytes + NonceBytes, TagBytes);
        try
        {
            Encapsulate(encryptionKey, blob.AsSpan(0, Kyber1024.CiphertextBytes), secret);
            random(nonce);
            using var aes = new AesGcm(secret, TagBytes);
            aes.Encrypt(nonce, plaintext, blob.AsSpan(BlobHeaderBytes), tag);
            return blob;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <inheritdoc />
    public IIdentityKeys FromMaster(ReadOnlySpan<byte> master)
    {
        Span<byte> seeds = stackalloc byte[2 * MasterSeeds.Bytes];
        MasterSeeds.Derive(master, "qgp-signing-v1"u8, seeds[..MasterSeeds.Bytes]);
        MasterSeeds.Derive(master, "qgp-encryption-v1"u8, seeds[MasterSeeds.Bytes..]);
        IIdentityKeys keys = FromSeeds(seeds[..MasterSeeds.Bytes], seeds[MasterSeeds.Bytes..]);
        CryptographicOperations.ZeroMemory(seeds);
        return keys;
    }

    /// <inheritdoc />
    public IIdentityKeys FromSeeds(ReadOnlySpan<byte> signingSeed, ReadOnlySpan<byte> encryptionSeed)
    {
        byte[] publicKey = new byte[Kyber1024.PublicKeyBytes];
        byte[] privateKey = GC.AllocateUninitializedArray<byte>(Kyber1024.PrivateKeyBytes, pinned: true);
        Kyber1024.DeriveKeyPair(encryptionSeed, publicKey, privateKey);
        return new MessengerKeys(this, MlDsa87.FromSeed(signingSeed), privateKey);
    }

    /// <inheritdoc />
    public IIdentityKeys? Import(ReadOnlySpan<byte> privateSigningKey, ReadOnlySpan<byte> privateEncryptionKey)
    {
        if (!Kyber1024.IsWhole(privateEncryptionKey) || MlDsa87.Import(privateSigningKey, random) is not { } signing) return null;
        byte[] copy = GC.AllocateUninitializedArray<byte>(Kyber1024.PrivateKeyBytes, pinned: true);
        privateEncryptionKey.CopyTo(copy);
        return new MessengerKeys(this, signing, copy);
    }

    internal static byte[]? OpenBlob(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> blob)
    {
        if (blob.Length < BlobHeaderBytes) return null;
        byte[] plaintext = Pinned.Bytes(blob.Length - BlobHeaderBytes);
        Span<byte> secret = stackalloc byte[Kyber1024.SecretBytes];
        ReadOnlySpan<byte> nonce = blob.Slice(Kyber1024.CiphertextBytes, NonceBytes), tag = blob.Slice(Kyber1024.CiphertextBytes + NonceBytes, TagBytes);
        try
        {
            Kyber1024.Decapsulate(blob[..Kyber1024.CiphertextBytes], privateKey, secret);
            return TryDecrypt(secret, nonce, blob[BlobHeaderBytes..], tag, plaintext, default) ? plaintext : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    internal static bool TryUnwrapKey(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> wrapped, Span<byte> key)
    {
        Span<byte> secret = stackalloc byte[Kyber1024.SecretBytes];
        try
        {
            Kyber1024.Decapsulate(wrapped[..Kyber1024.CiphertextBytes], privateKey, secret);
            return AesKeyWrap.TryUnwrap(secret, wrapped[Kyber1024.CiphertextBytes..], key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <returns>False when the tag does not match; the plaintext is zeroed then.</returns>
    internal static bool TryDecrypt(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> further)
    {
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(nonce, ciphertext, tag, plaintext, further);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private void Encapsulate(ReadOnlySpan<byte> encryptionKey, Span<byte> ciphertext, Span<byte> secret)
    {
        Span<byte> randomness = stackalloc byte[Kyber1024.SecretBytes];
        try
        {
            random(randomness);
            Kyber1024.Encapsulate(encryptionKey, randomness, ciphertext, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(randomness);
        }
    }
}
