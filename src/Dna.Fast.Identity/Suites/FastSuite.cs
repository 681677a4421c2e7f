using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using NSec.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>Ed25519, X25519 with HKDF-SHA-512, and XChaCha20-Poly1305, all by libsodium: for records no old client must read.</summary>
/// <remarks>
/// <para>Blob: <c>ephemeral X25519 key 32 | XChaCha20-Poly1305 ciphertext | tag 16</c>. Its key is HKDF-SHA-512 of the shared secret with <c>ephemeral key, recipient's key</c> as salt and
/// a label as info; it is used once, so its nonce is 24 zero bytes. A wrapped key is a blob of 32 bytes under another label. Envelope: <see cref="FastEnvelope"/>.</para>
/// <para>Private keys live in libsodium's guarded memory, which it zeroes.</para>
/// </remarks>
public sealed class FastSuite(FillRandom random) : IIdentitySuite
{
    internal const int KeyBytes = 32;
    internal const int SignatureSize = 64;
    internal const int NonceBytes = 24;
    internal const int TagBytes = 16;
    internal const int BlobOverhead = KeyBytes + TagBytes;
    internal const int WrappedBytes = KeyBytes + BlobOverhead;

    internal static readonly SignatureAlgorithm Signing = SignatureAlgorithm.Ed25519;
    internal static readonly KeyAgreementAlgorithm Agreement = KeyAgreementAlgorithm.X25519;
    internal static readonly AeadAlgorithm Cipher = AeadAlgorithm.XChaCha20Poly1305;

    private static ReadOnlySpan<byte> BlobLabel => "dna-fast-blob-v1"u8;

    private static ReadOnlySpan<byte> WrapLabel => "dna-fast-wrap-v1"u8;

    /// <inheritdoc />
    public SuiteId Id => SuiteId.Fast;

    /// <inheritdoc />
    public string Name => "fast";

    /// <inheritdoc />
    public int SigningKeyBytes => KeyBytes;

    /// <inheritdoc />
    public int EncryptionKeyBytes => KeyBytes;

    /// <inheritdoc />
    public int SignatureBytes => SignatureSize;

    /// <inheritdoc />
    public int WrappedKeyBytes => WrappedBytes;

    /// <inheritdoc />
    public int BlobOverheadBytes => BlobOverhead;

    /// <inheritdoc />
    public int PrivateSigningKeyBytes => KeyBytes;

    /// <inheritdoc />
    public int PrivateEncryptionKeyBytes => KeyBytes;

    internal FillRandom Random => random;

    /// <inheritdoc />
    public int EnvelopeBytes(int plaintextBytes, int recipients) => FastEnvelope.Size(plaintextBytes, recipients);

    /// <inheritdoc />
    public bool Verify(ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureSize
        && PublicKey.TryImport(Signing, signingKey, KeyBlobFormat.RawPublicKey, out PublicKey? key) && key is not null
        && Signing.Verify(key, message, signature);

    /// <inheritdoc />
    public bool WrapKey(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> key, Span<byte> wrapped)
    {
        if (key.Length != KeyBytes || wrapped.Length != WrappedBytes) throw new ArgumentException($"A key of {KeyBytes} bytes is wrapped in {WrappedBytes}.");
        return TrySeal(encryptionKey, WrapLabel, key, wrapped);
    }

    /// <inheritdoc />
    public byte[]? SealBlob(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> plaintext)
    {
        byte[] blob = new byte[BlobOverhead + plaintext.Length];
        return TrySeal(encryptionKey, BlobLabel, plaintext, blob) ? blob : null;
    }

    /// <inheritdoc />
    public IIdentityKeys FromMaster(ReadOnlySpan<byte> master)
    {
        // Labels of its own: keys of two suites never share a seed.
        Span<byte> seeds = stackalloc byte[2 * MasterSeeds.Bytes];
        MasterSeeds.Derive(master, "dna-fast-signing-v1"u8, seeds[..MasterSeeds.Bytes]);
        MasterSeeds.Derive(master, "dna-fast-encryption-v1"u8, seeds[MasterSeeds.Bytes..]);
        IIdentityKeys keys = FromSeeds(seeds[..MasterSeeds.Bytes], seeds[MasterSeeds.Bytes..]);
        CryptographicOperations.ZeroMemory(seeds);
        return keys;
    }

    /// <inheritdoc />
    public IIdentityKeys FromSeeds(ReadOnlySpan<byte> signingSeed, ReadOnlySpan<byte> encryptionSeed)
    {
        if (signingSeed.Length != KeyBytes || encryptionSeed.Length != KeyBytes) throw new ArgumentException($"A seed has {KeyBytes} bytes.");
        return new FastKeys(this, ImportPrivate(Signing, signingSeed), ImportPrivate(Agreement, encryptionSeed));
    }

    /// <inheritdoc />
    public IIdentityKeys? Import(ReadOnlySpan<byte> privateSigningKey, ReadOnlySpan<byte> privateEncryptionKey) =>
        // Every 32 bytes are a key, and the public half comes from it: nothing can fail to fit.
        privateSigningKey.Length == KeyBytes && privateEncryptionKey.Length == KeyBytes ? FromSeeds(privateSigningKey, privateEncryptionKey) : null;

    internal static bool TryUnwrapKey(Key privateKey, ReadOnlySpan<byte> wrapped, Span<byte> key) => TryOpen(privateKey, WrapLabel, wrapped, key);

    internal static byte[]? OpenBlob(Key privateKey, ReadOnlySpan<byte> blob)
    {
        if (blob.Length < BlobOverhead) return null;
        byte[] plaintext = Pinned.Bytes(blob.Length - BlobOverhead);
        return TryOpen(privateKey, BlobLabel, blob, plaintext) ? plaintext : null;
    }

    internal static Key ImportPrivate(Algorithm algorithm, ReadOnlySpan<byte> secret) => Key.Import(
        algorithm, secret, KeyBlobFormat.RawPrivateKey, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });

    private bool TrySeal(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> label, ReadOnlySpan<byte> plaintext, Span<byte> blob)
    {
        if (encryptionKey.Length != KeyBytes) throw new ArgumentException($"An encryption key of the fast suite has {KeyBytes} bytes.", nameof(encryptionKey));
        if (!PublicKey.TryImport(Agreement, encryptionKey, KeyBlobFormat.RawPublicKey, out PublicKey? recipient) || recipient is null) return false;
        Span<byte> secret = stackalloc byte[KeyBytes];
        random(secret);
        using Key ephemeral = ImportPrivate(Agreement, secret);
        CryptographicOperations.ZeroMemory(secret);
        Span<byte> salt = stackalloc byte[2 * KeyBytes];
        WritePublic(ephemeral, salt);
        encryptionKey.CopyTo(salt[KeyBytes..]);
        using Key? key = DeriveKey(ephemeral, recipient, salt, label);
        if (key is null) return false;
        salt[..KeyBytes].CopyTo(blob);
        Cipher.Encrypt(key, stackalloc byte[NonceBytes], default, plaintext, blob[KeyBytes..]);
        return true;
    }

    private static bool TryOpen(Key privateKey, ReadOnlySpan<byte> label, ReadOnlySpan<byte> blob, Span<byte> plaintext)
    {
        plaintext.Clear();
        if (!PublicKey.TryImport(Agreement, blob[..KeyBytes], KeyBlobFormat.RawPublicKey, out PublicKey? ephemeral) || ephemeral is null) return false;
        Span<byte> salt = stackalloc byte[2 * KeyBytes];
        blob[..KeyBytes].CopyTo(salt);
        WritePublic(privateKey, salt[KeyBytes..]);
        using Key? key = DeriveKey(privateKey, ephemeral, salt, label);
        return key is not null && Cipher.Decrypt(key, stackalloc byte[NonceBytes], default, blob[KeyBytes..], plaintext);
    }

    /// <returns>Null when the other key is one of the few that give every partner the same secret.</returns>
    private static Key? DeriveKey(Key privateKey, PublicKey publicKey, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> label)
    {
        using SharedSecret? shared = Agreement.Agree(privateKey, publicKey);
        return shared is null ? null : KeyDerivationAlgorithm.HkdfSha512.DeriveKey(shared, salt, label, Cipher);
    }

    private static void WritePublic(Key key, Span<byte> bytes) => key.PublicKey.Export(KeyBlobFormat.RawPublicKey).CopyTo(bytes);
}
