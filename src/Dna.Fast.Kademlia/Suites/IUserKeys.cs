namespace Dna.Fast.Kademlia;

/// <summary>The keys of one user: signs, seals as this user, opens what is for this user. Disposing zeroes the private half.</summary>
/// <remarks>Any thread, but for <see cref="IDisposable.Dispose"/>: nothing else may run during or after it. ToString tells suite and fingerprint only.</remarks>
public interface IUserKeys : IDisposable
{
    /// <summary>The algorithms of these keys.</summary>
    ISuite Suite { get; }

    /// <summary>128 lower-case hex characters: SHA3-512 of <see cref="SigningKey"/> (section 2.2).</summary>
    string Fingerprint { get; }

    /// <summary>The public key that verifies our signatures.</summary>
    ReadOnlyMemory<byte> SigningKey { get; }

    /// <summary>The public key that others seal to.</summary>
    ReadOnlyMemory<byte> EncryptionKey { get; }

    /// <param name="signature"><see cref="ISuite.SignatureBytes"/>.</param>
    void Sign(ReadOnlySpan<byte> message, Span<byte> signature);

    /// <summary>Writes an envelope: signed by us, opened by each recipient; we are one only when our own key is among them (the original puts it first).</summary>
    /// <param name="recipients">1 to <see cref="EnvelopeLimits.RecipientsMax"/> encryption keys.</param>
    /// <param name="plaintext">At most <see cref="EnvelopeLimits.PlaintextBytesMax"/>.</param>
    /// <returns>The envelope; null when a recipient's key is no key of this suite.</returns>
    byte[]? Seal(IReadOnlyList<ReadOnlyMemory<byte>> recipients, ReadOnlySpan<byte> plaintext);

    /// <summary>Opens an envelope that is for us, and checks that its sender signed it.</summary>
    /// <param name="plaintext">What it holds; null unless Ok.</param>
    /// <param name="senderKey">The signing key that signed it; null unless Ok. Whether that is whom the caller expects is the caller's question (<see cref="UserFingerprint.Of"/>).</param>
    /// <remarks>Allocates no more than the envelope is long. Costs one decapsulation for each entry before ours.</remarks>
    OpenStatus Open(ReadOnlySpan<byte> envelope, out byte[]? plaintext, out byte[]? senderKey);

    /// <summary>Unwraps what <see cref="ISuite.WrapKey"/> wrapped for us.</summary>
    /// <param name="key">32 bytes; zeroed when the answer is false.</param>
    /// <returns>False when it is not for us, was changed, or has another size.</returns>
    bool TryUnwrapKey(ReadOnlySpan<byte> wrapped, Span<byte> key);

    /// <summary>Opens what <see cref="ISuite.SealBlob"/> sealed to us.</summary>
    /// <returns>The plaintext, which the caller zeroes when it is a secret; null when it is not for us, was changed, or is too short.</returns>
    byte[]? OpenBlob(ReadOnlySpan<byte> blob);
}
