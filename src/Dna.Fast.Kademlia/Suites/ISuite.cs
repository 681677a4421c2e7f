namespace Dna.Fast.Kademlia;

/// <summary>A user identity's algorithms, as far as public keys go: signatures of others, and keys sealed to others (DNA layer, sections 2.1 and 10.1).</summary>
/// <remarks>Any thread; never throws on the content of input; all sizes are in bytes. A wrong size of an output or of a recipient's key is the caller's error: ArgumentException.</remarks>
public interface ISuite
{
    /// <summary>As it is written into files and envelopes.</summary>
    SuiteId Id { get; }

    /// <summary>As a person writes it: <c>messenger</c> or <c>fast</c>.</summary>
    string Name { get; }

    /// <summary>Size of a public key that verifies: 2592 or 32.</summary>
    int SigningKeyBytes { get; }

    /// <summary>Size of a public key that things are sealed to: 1568 or 32.</summary>
    int EncryptionKeyBytes { get; }

    /// <summary>Size of a signature: 4627 or 64.</summary>
    int SignatureBytes { get; }

    /// <summary>Size of a 32-byte key wrapped for one recipient: 1608 (Kyber ciphertext, then AES key wrap) or 80.</summary>
    int WrappedKeyBytes { get; }

    /// <summary>What a blob is longer than its plaintext: 1596 or 48.</summary>
    int BlobOverheadBytes { get; }

    /// <summary>Size of an envelope of <paramref name="plaintextBytes"/> to this many recipients.</summary>
    int EnvelopeBytes(int plaintextBytes, int recipients);

    /// <returns>True only when <paramref name="signature"/> over <paramref name="message"/> is right; false also for a key or signature of another size.</returns>
    bool Verify(ReadOnlySpan<byte> signingKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>Wraps a 32-byte key so that the owner of <paramref name="encryptionKey"/> alone unwraps it (the entry of envelopes and group key packets).</summary>
    /// <param name="wrapped"><see cref="WrappedKeyBytes"/>.</param>
    /// <returns>False when <paramref name="encryptionKey"/> is of the right size, but no key of this suite; nothing usable is written then.</returns>
    bool WrapKey(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> key, Span<byte> wrapped);

    /// <summary>Seals without a sender: whoever knows the key can make one (identity backup, section 5.2).</summary>
    /// <returns>The blob, <see cref="BlobOverheadBytes"/> longer than the plaintext; null when <paramref name="encryptionKey"/> is no key of this suite.</returns>
    byte[]? SealBlob(ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> plaintext);
}
