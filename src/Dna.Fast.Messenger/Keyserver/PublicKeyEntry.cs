namespace Dna.Fast.Messenger;

/// <summary>A user's public keys as the keyserver has them (DNA layer, section 8.1), signed by the first of them.</summary>
public sealed record PublicKeyEntry
{
    /// <summary>The name the user shows; the fingerprint when there is none. Proves nothing: a name is proved by a profile that claims it.</summary>
    public required string Identity { get; init; }

    /// <summary>The key that verifies the user's signatures.</summary>
    public required ReadOnlyMemory<byte> SigningKey { get; init; }

    /// <summary>The key that things for the user are sealed to.</summary>
    public required ReadOnlyMemory<byte> EncryptionKey { get; init; }

    /// <summary>When it was signed, in seconds since 1970.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>1 in the first entry; the higher one is the newer one.</summary>
    public required uint Version { get; init; }

    /// <summary>Whose keys they are, as the entry says; a reader compares it with the hash of <see cref="SigningKey"/>.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Over <see cref="PublicKeyCodec.SignedMessage"/>.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }
}
