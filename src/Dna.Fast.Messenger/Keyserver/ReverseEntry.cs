namespace Dna.Fast.Messenger;

/// <summary>Who a fingerprint is (DNA layer, section 8.1): the shown name, signed by the key the fingerprint is of.</summary>
public sealed record ReverseEntry
{
    /// <summary>The key that verifies the user's signatures.</summary>
    public required ReadOnlyMemory<byte> SigningKey { get; init; }

    /// <summary>The name the user shows; the fingerprint when there is none.</summary>
    public required string Identity { get; init; }

    /// <summary>When it was signed, in seconds since 1970.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>Whose entry it is, as it says; not covered by the signature, but by the hash of <see cref="SigningKey"/>.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Over <see cref="ReverseCodec.SignedMessage"/>.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }
}
