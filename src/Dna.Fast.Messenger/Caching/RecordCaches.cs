using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>The regions that the services of this layer use (DNA layer, section 16).</summary>
/// <remarks>
/// Any thread. Keys and profiles are kept in files, as the original keeps them; <c>keyserver.cache</c> is for all users of this account, profiles are each user's own. Names, groups and presences are in
/// memory. What comes out of a file is verified before it is used. Another user has another manager.
/// </remarks>
public sealed class RecordCaches
{
    /// <summary>How long public keys and profiles are trusted (section 16).</summary>
    public static readonly TimeSpan RecordTtl = TimeSpan.FromDays(7);

    /// <summary>How long our own keys are.</summary>
    public static readonly TimeSpan OwnKeysTtl = TimeSpan.FromDays(365);

    /// <summary>How long a presence is.</summary>
    public static readonly TimeSpan PresenceTtl = TimeSpan.FromSeconds(300);

    /// <summary>How long the others are, unless a listener or a write of ours says otherwise.</summary>
    public static readonly TimeSpan OtherTtl = TimeSpan.FromHours(1);

    /// <summary>How long is believed that something does not exist: who just registered is found soon.</summary>
    public static readonly TimeSpan AbsentTtl = TimeSpan.FromSeconds(30);

    /// <summary>Keys change seldom.</summary>
    private static readonly TimeSpan KeysRevalidateAfter = TimeSpan.FromDays(1);

    private static readonly TimeSpan ProfilesRevalidateAfter = TimeSpan.FromHours(1);

    /// <summary>What others change while one looks on.</summary>
    private static readonly TimeSpan OthersRevalidateAfter = TimeSpan.FromSeconds(60);

    /// <param name="suites">Those of the records in the files.</param>
    /// <param name="user">Fingerprint of the user whose profiles file it is; null keeps profiles in memory.</param>
    /// <exception cref="ArgumentException">The user is no fingerprint; or the manager has these regions already.</exception>
    public RecordCaches(CacheManager manager, SuiteSet suites, string? user = null)
    {
        if (user is not null && UserFingerprint.Normalise(user) != user) throw new ArgumentException("The user of a cache is a fingerprint of lower-case hex digits.", nameof(user));
        Manager = manager;
        Keys = manager.Add(KeyOptions(suites));
        Profiles = manager.Add(ProfileOptions(suites, user));
        Names = manager.Add(NameOptions());
        Groups = manager.Add(GroupOptions());
        Presences = manager.Add(PresenceOptions());
    }

    /// <summary>Where the regions are.</summary>
    public CacheManager Manager { get; }

    /// <summary>Public keys by fingerprint.</summary>
    public CacheRegion<PublicKeyEntry> Keys { get; }

    /// <summary>Profiles by fingerprint.</summary>
    public CacheRegion<Profile> Profiles { get; }

    /// <summary>Fingerprints by name, as it is typed. The profile says whether the name is still its owner's.</summary>
    public CacheRegion<string> Names { get; }

    /// <summary>Groups by <see cref="GroupKey"/>.</summary>
    public CacheRegion<Group> Groups { get; }

    /// <summary>Presences by fingerprint.</summary>
    public CacheRegion<Presence> Presences { get; }

    /// <summary>The key of a group, which is another for each creator a reader knows, and for readers that know none.</summary>
    public static string GroupKey(string uuid, string? creator) => $"{uuid}:{creator}";

    private static RegionOptions<PublicKeyEntry> KeyOptions(SuiteSet suites) => new()
    {
        Name = "keyserver",
        Ttl = RecordTtl,
        RevalidateAfter = KeysRevalidateAfter,
        AbsentTtl = AbsentTtl,
        ServesOverdue = true,
        EntriesMax = 4096,
        BytesMax = 32 * 1024 * 1024,
        Size = entry => entry.SigningKey.Length + entry.EncryptionKey.Length + entry.Signature.Length + (entry.Identity.Length + entry.Fingerprint.Length) * sizeof(char),
        IsNewer = (one, other) => (one.Version, one.Timestamp).CompareTo((other.Version, other.Timestamp)) > 0,
        FileName = "keyserver.cache",
        Write = PublicKeyCodec.Write,
        Read = (fingerprint, data) => PublicKeyCodec.ReadVerified(data.Span, suites, fingerprint, out PublicKeyEntry? entry) == RecordStatus.Ok ? entry : null,
    };

    private static RegionOptions<Profile> ProfileOptions(SuiteSet suites, string? user) => new()
    {
        Name = "profile",
        Ttl = RecordTtl,
        RevalidateAfter = ProfilesRevalidateAfter,
        AbsentTtl = AbsentTtl,
        ServesOverdue = true,
        EntriesMax = 1024,
        BytesMax = 32 * 1024 * 1024,
        Size = SizeOf,
        IsNewer = (one, other) => one.Timestamp > other.Timestamp,
        FileName = user is null ? null : $"{user}_profiles.cache",
        Write = ProfileCodec.Write,
        // Display fields that nobody signed were emptied before the profile was kept, unless they were our own.
        Read = (fingerprint, data) => ProfileCodec.ReadVerified(data.Span, suites, fingerprint, trustUnsignedDisplay: true, out Profile? profile) == RecordStatus.Ok ? profile : null,
    };

    private static RegionOptions<string> NameOptions() => new()
    {
        Name = "name",
        Ttl = OtherTtl,
        RevalidateAfter = OthersRevalidateAfter,
        AbsentTtl = AbsentTtl,
        EntriesMax = 4096,
        BytesMax = 4 * 1024 * 1024,
        Size = fingerprint => fingerprint.Length * sizeof(char),
    };

    private static RegionOptions<Group> GroupOptions() => new()
    {
        Name = "group",
        Ttl = OtherTtl,
        RevalidateAfter = OthersRevalidateAfter,
        AbsentTtl = AbsentTtl,
        Size = group => group.Members.Count * UserFingerprint.Length * sizeof(char) + (group.Name.Length + group.Description.Length) * sizeof(char) + group.SignerKey.Length + group.Signature.Length,
        IsNewer = (one, other) => one.Version > other.Version,
    };

    private static RegionOptions<Presence> PresenceOptions() => new()
    {
        Name = "presence",
        Ttl = PresenceTtl,
        RevalidateAfter = OthersRevalidateAfter,
        AbsentTtl = AbsentTtl,
        Size = presence => presence.Ip.Length * sizeof(char),
        // One that nobody signed counts only where there is no signed one.
        IsNewer = (one, other) => (one.IsSigned, one.Timestamp).CompareTo((other.IsSigned, other.Timestamp)) > 0,
    };

    private static int SizeOf(Profile profile) =>
        profile.SigningKey.Length + profile.EncryptionKey.Length + profile.Signature.Length + profile.DisplaySignature.Length + profile.Unknown.Sum(field => field.Json.Length)
        + (profile.Bio.Length + profile.Picture.Length + profile.DisplayName.Length + profile.AvatarHash.Length + profile.Location.Length + profile.Website.Length) * sizeof(char)
        + profile.Wallets.Present().Concat(profile.Socials.Present()).Sum(field => field.Text.Length) * sizeof(char) + UserFingerprint.Length * sizeof(char);
}
