namespace Dna.Fast.Messenger;

/// <summary>What the two signatures of a profile cover (DNA layer, section 9.3). Built from zeroed fields, so that every reader gets the same bytes. Any thread.</summary>
/// <remarks>Numbers are big-endian; texts are UTF-8 in fields of the stated size, padded with zeros, of which there is at least one.</remarks>
public static class ProfileMessages
{
    internal const int FingerprintSize = 129;
    internal const int NameSize = 256;
    internal const int TransactionSize = 67;
    internal const int NetworkSize = 32;
    internal const int BioSize = 512;
    internal const int PictureSize = 64;
    internal const int DisplayNameSize = 128;
    internal const int AvatarSize = 128;
    internal const int LocationSize = 128;
    internal const int WebsiteSize = 256;

    // What the signature is for, so that no other message can be taken for it.
    private static ReadOnlySpan<byte> DisplayLabel => "dna-profile-display-v1"u8;

    /// <summary>
    /// The original's message; 7,629 bytes in the messenger suite: <c>fingerprint 129 | signing key | encryption key | has name 1 | name 256 | registered at 8 | expires at 8 |
    /// transaction 67 | network 32 | name version 4 | wallets 1480 | socials 896 | bio 512 | picture 64 | timestamp 8 | version 4</c>.
    /// </summary>
    /// <exception cref="ArgumentException">A text is too long for its field.</exception>
    public static byte[] Signed(Profile profile)
    {
        RegisteredName name = profile.Name ?? new RegisteredName("", 0, 0, "", "", 0);
        var message = new ByteWriter(7_629);
        message.FixedText(profile.Fingerprint, FingerprintSize).Bytes(profile.SigningKey.Span).Bytes(profile.EncryptionKey.Span)
            .Byte(profile.Name is null ? (byte)0 : (byte)1)
            .FixedText(name.Name, NameSize).UInt64(name.RegisteredAt).UInt64(name.ExpiresAt)
            .FixedText(name.TransactionHash, TransactionSize).FixedText(name.Network, NetworkSize).UInt32(name.Version);
        profile.Wallets.WriteFixed(message);
        profile.Socials.WriteFixed(message);
        return message.FixedText(profile.Bio, BioSize).FixedText(profile.Picture, PictureSize).UInt64(profile.Timestamp).UInt32(profile.Version).ToArray();
    }

    /// <summary>
    /// Our message: <c>"dna-profile-display-v1" 22 | fingerprint 129 | display name 128 | avatar hash 128 | location 128 | website 256 | created at 8 | updated at 8 | timestamp 8 |
    /// version 4</c>. Timestamp and version tie it to one signed profile.
    /// </summary>
    /// <exception cref="ArgumentException">A text is too long for its field.</exception>
    public static byte[] Displayed(Profile profile) => new ByteWriter(1024)
        .Bytes(DisplayLabel).FixedText(profile.Fingerprint, FingerprintSize)
        .FixedText(profile.DisplayName, DisplayNameSize).FixedText(profile.AvatarHash, AvatarSize).FixedText(profile.Location, LocationSize)
        .FixedText(profile.Website, WebsiteSize).UInt64(profile.CreatedAt).UInt64(profile.UpdatedAt).UInt64(profile.Timestamp).UInt32(profile.Version).ToArray();
}
