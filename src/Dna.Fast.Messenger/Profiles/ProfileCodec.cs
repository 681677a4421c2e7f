using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Profiles as text and back (DNA layer, section 9.2). Any thread.</summary>
/// <remarks>
/// json-c's plain JSON, 18,049 bytes when nearly empty, in this order: <c>fingerprint, dilithium_pubkey, kyber_pubkey, has_registered_name, [registered_name,
/// name_registered_at, name_expires_at, registration_tx_hash, registration_network, name_version], wallets{}, socials{}, [display_name], [bio], [avatar_hash],
/// [profile_picture_ipfs], [location], [website], [created_at], [updated_at], timestamp, version, signature</c>; then ours: <c>[display_signature]</c> and fields that are not known.
/// Keys and signatures are hex. What stands in brackets is left out when it is empty or 0. Reading is lenient as the original's: a missing field is empty, a long text is cut.
/// </remarks>
public static class ProfileCodec
{
    /// <summary>Bytes of unknown fields that are kept, names and values together: what an avatar of a later client needs (section 9.4).</summary>
    public const int UnknownBytesMax = 24 * 1024;

    private static readonly HashSet<string> Known =
    [
        "fingerprint", "dilithium_pubkey", "kyber_pubkey", "has_registered_name", "registered_name", "name_registered_at", "name_expires_at", "registration_tx_hash",
        "registration_network", "name_version", "wallets", "socials", "display_name", "bio", "avatar_hash", "profile_picture_ipfs", "location", "website", "created_at",
        "updated_at", "timestamp", "version", "signature", "display_signature",
    ];

    /// <summary>Makes a profile these keys': fills in fingerprint and keys, and signs it twice.</summary>
    /// <exception cref="ArgumentException">A text is too long for its field (<see cref="ProfileRules"/> says so before).</exception>
    public static Profile Sign(IUserKeys keys, Profile profile)
    {
        Profile unsigned = profile with { Fingerprint = keys.Fingerprint, SigningKey = keys.SigningKey, EncryptionKey = keys.EncryptionKey };
        byte[] signature = new byte[keys.Suite.SignatureBytes], display = new byte[keys.Suite.SignatureBytes];
        keys.Sign(ProfileMessages.Signed(unsigned), signature);
        keys.Sign(ProfileMessages.Displayed(unsigned), display);
        return unsigned with { Signature = signature, DisplaySignature = display };
    }

    /// <summary>Reads a profile; says nothing about its signatures.</summary>
    public static RecordStatus Read(ReadOnlySpan<byte> data, SuiteSet suites, out Profile? profile)
    {
        profile = null;
        if (!JsonRecord.TryParse(data, out JsonRecord json)) return RecordStatus.Malformed;
        if (json.Text("fingerprint") is not { } fingerprint || UserFingerprint.Normalise(fingerprint) != fingerprint) return RecordStatus.Incomplete;
        if (json.Hex("dilithium_pubkey") is not { } signing || json.Hex("kyber_pubkey") is not { } encryption || json.Hex("signature") is not { } signature)
            return RecordStatus.Incomplete;
        if (!KeySizes.Fit(suites, signing, encryption, signature)) return RecordStatus.UnknownSuite;
        profile = new Profile
        {
            Fingerprint = fingerprint,
            SigningKey = signing,
            EncryptionKey = encryption,
            Name = ReadName(json),
            Wallets = NamedTexts.NoWallets.Read(json.Object("wallets")),
            Socials = NamedTexts.NoSocials.Read(json.Object("socials")),
            Bio = ProfileText.Cut(json.Text("bio"), ProfileMessages.BioSize),
            Picture = ProfileText.Cut(json.Text("profile_picture_ipfs"), ProfileMessages.PictureSize),
            DisplayName = ProfileText.Cut(json.Text("display_name"), ProfileMessages.DisplayNameSize),
            AvatarHash = ProfileText.Cut(json.Text("avatar_hash"), ProfileMessages.AvatarSize),
            Location = ProfileText.Cut(json.Text("location"), ProfileMessages.LocationSize),
            Website = ProfileText.Cut(json.Text("website"), ProfileMessages.WebsiteSize),
            CreatedAt = json.UInt64("created_at") ?? 0,
            UpdatedAt = json.UInt64("updated_at") ?? 0,
            Timestamp = json.UInt64("timestamp") ?? 0,
            Version = json.UInt32("version") ?? 0,
            Signature = signature,
            DisplaySignature = json.Hex("display_signature") ?? [],
            Unknown = ReadUnknown(json),
        };
        return RecordStatus.Ok;
    }

    /// <summary>Reads a profile and makes sure that it is this user's; display fields that are not covered by a right signature are emptied.</summary>
    /// <param name="trustUnsignedDisplay">True keeps display fields when there is no display signature at all, as in every profile of an old client; a wrong one never counts. And it keeps
    /// unknown fields, which nothing here can prove: whoever copies a profile can add some.</param>
    public static RecordStatus ReadVerified(ReadOnlySpan<byte> data, SuiteSet suites, string fingerprint, bool trustUnsignedDisplay, out Profile? profile)
    {
        RecordStatus status = Read(data, suites, out Profile? read);
        profile = null;
        if (read is null) return status;
        if (read.Fingerprint != fingerprint || !suites.Verify(read.SigningKey.Span, fingerprint, ProfileMessages.Signed(read), read.Signature.Span)) return RecordStatus.BadSignature;
        bool isDisplayTrusted = read.DisplaySignature.IsEmpty
            ? trustUnsignedDisplay
            : suites.OfSigningKey(read.SigningKey.Length)!.Verify(read.SigningKey.Span, ProfileMessages.Displayed(read), read.DisplaySignature.Span);
        if (!trustUnsignedDisplay) read = read with { Unknown = [] };
        profile = isDisplayTrusted ? read : read with { DisplayName = "", AvatarHash = "", Location = "", Website = "", CreatedAt = 0, UpdatedAt = 0 };
        return RecordStatus.Ok;
    }

    /// <summary>The profile as the original client prints it, and our fields behind.</summary>
    public static byte[] Write(Profile profile)
    {
        JsonCWriter json = new JsonCWriter(JsonSpacing.Plain, sizeHint: 28 * 1024).BeginObject()
            .Field("fingerprint", profile.Fingerprint)
            .Name("dilithium_pubkey").Hex(profile.SigningKey.Span)
            .Name("kyber_pubkey").Hex(profile.EncryptionKey.Span)
            .Field("has_registered_name", profile.Name is not null);
        if (profile.Name is { } name)
        {
            json.Field("registered_name", name.Name).Field("name_registered_at", name.RegisteredAt).Field("name_expires_at", name.ExpiresAt)
                .Field("registration_tx_hash", name.TransactionHash).Field("registration_network", name.Network).Field("name_version", name.Version);
        }

        profile.Wallets.WriteJson(json.Name("wallets"));
        profile.Socials.WriteJson(json.Name("socials"));
        json.OptionalField("display_name", profile.DisplayName).OptionalField("bio", profile.Bio).OptionalField("avatar_hash", profile.AvatarHash)
            .OptionalField("profile_picture_ipfs", profile.Picture).OptionalField("location", profile.Location).OptionalField("website", profile.Website)
            .OptionalField("created_at", profile.CreatedAt).OptionalField("updated_at", profile.UpdatedAt)
            .Field("timestamp", profile.Timestamp).Field("version", profile.Version).Name("signature").Hex(profile.Signature.Span);
        if (!profile.DisplaySignature.IsEmpty) json.Name("display_signature").Hex(profile.DisplaySignature.Span);
        foreach (UnknownField field in profile.Unknown) json.Name(field.Name).Raw(field.Json.Span);
        return json.EndObject().ToArray();
    }

    private static RegisteredName? ReadName(JsonRecord json) => json.Bool("has_registered_name") != true ? null : new RegisteredName(
        ProfileText.Cut(json.Text("registered_name"), ProfileMessages.NameSize),
        json.UInt64("name_registered_at") ?? 0,
        json.UInt64("name_expires_at") ?? 0,
        ProfileText.Cut(json.Text("registration_tx_hash"), ProfileMessages.TransactionSize),
        ProfileText.Cut(json.Text("registration_network"), ProfileMessages.NetworkSize),
        json.UInt32("name_version") ?? 0);

    private static List<UnknownField> ReadUnknown(JsonRecord json)
    {
        var unknown = new List<UnknownField>();
        int bytes = 0;
        foreach ((string name, byte[] value) in json.Fields().Where(field => !Known.Contains(field.Name)).DistinctBy(field => field.Name))
        {
            bytes += name.Length + value.Length;
            if (bytes > UnknownBytesMax) break;
            unknown.Add(new UnknownField(name, value));
        }

        return unknown;
    }
}
