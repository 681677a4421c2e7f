namespace Dna.Fast.Messenger;

/// <summary>A name that its owner's profile claims (DNA layer, section 9.1).</summary>
/// <param name="Name">As it was typed; at most 255 bytes.</param>
/// <param name="RegisteredAt">Seconds since 1970.</param>
/// <param name="ExpiresAt">Seconds since 1970; from then on the name is free.</param>
/// <param name="TransactionHash">What paid for it; <c>FREE_REGISTRATION</c> when nothing did; at most 66 bytes.</param>
/// <param name="Network">Where it was paid; <c>DNA_NETWORK</c> when nowhere; at most 31 bytes.</param>
/// <param name="Version">1 at registration, one more with each renewal.</param>
public sealed record RegisteredName(string Name, ulong RegisteredAt, ulong ExpiresAt, string TransactionHash, string Network, uint Version)
{
    /// <summary>True while the claim holds.</summary>
    /// <param name="now">Seconds since 1970.</param>
    public bool IsValidAt(ulong now) => now < ExpiresAt;
}

/// <summary>A field of a profile that this build does not know, kept for whoever does.</summary>
/// <param name="Json">Its value as it was written.</param>
public sealed record UnknownField(string Name, ReadOnlyMemory<byte> Json);

/// <summary>A user's unified identity (DNA layer, section 9.1): keys, name, wallets and what others are shown.</summary>
/// <remarks>Two signatures: <see cref="Signature"/>, the original's, covers all but the display fields; <see cref="DisplaySignature"/>, ours, covers those, and old readers ignore it. Times are seconds since 1970.</remarks>
public sealed record Profile
{
    /// <summary>128 lower-case hex characters.</summary>
    public required string Fingerprint { get; init; }

    public required ReadOnlyMemory<byte> SigningKey { get; init; }

    public required ReadOnlyMemory<byte> EncryptionKey { get; init; }

    /// <summary>Null when no name is registered.</summary>
    public RegisteredName? Name { get; init; }

    public NamedTexts Wallets { get; init; } = NamedTexts.NoWallets;

    public NamedTexts Socials { get; init; } = NamedTexts.NoSocials;

    /// <summary>At most 511 bytes.</summary>
    public string Bio { get; init; } = "";

    /// <summary>A content id; at most 63 bytes.</summary>
    public string Picture { get; init; } = "";

    /// <summary>Display field, at most 127 bytes.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>Display field, at most 127 bytes.</summary>
    public string AvatarHash { get; init; } = "";

    /// <summary>Display field, at most 127 bytes.</summary>
    public string Location { get; init; } = "";

    /// <summary>Display field, at most 255 bytes.</summary>
    public string Website { get; init; } = "";

    /// <summary>Display field; 0 when not known.</summary>
    public ulong CreatedAt { get; init; }

    /// <summary>Display field; 0 when not known.</summary>
    public ulong UpdatedAt { get; init; }

    /// <summary>When it was signed: of several valid profiles the newest counts.</summary>
    public ulong Timestamp { get; init; }

    /// <summary>One more with each change.</summary>
    public uint Version { get; init; }

    /// <summary>Over <see cref="ProfileMessages.Signed"/>.</summary>
    public ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Over <see cref="ProfileMessages.Displayed"/>; empty when an old client signed the profile.</summary>
    public ReadOnlyMemory<byte> DisplaySignature { get; init; }

    /// <summary>In their order.</summary>
    public IReadOnlyList<UnknownField> Unknown { get; init; } = [];
}
