using System.Globalization;
using System.Text;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Profiles;

/// <summary>Profiles as lines for people and as members of an object for programs.</summary>
/// <remarks>
/// JSON: <c>fingerprint</c>, <c>version</c>, <c>timestamp</c>; with a name <c>name</c>, <c>registered_at</c>, <c>expires_at</c>, <c>is_expired</c>; those of <c>display_name</c>, <c>bio</c>,
/// <c>location</c>, <c>website</c>, <c>avatar_hash</c>, <c>picture</c> that are not empty; <c>wallets</c> and <c>socials</c>: objects; <c>verified</c>: true. Times are seconds since 1970.
/// Deprecated profiles have <c>verified</c> false and no version.
/// </remarks>
internal static class ProfileReport
{
    public static string Text(Profile profile, ulong now)
    {
        var text = new StringBuilder();
        Add(text, "fingerprint", profile.Fingerprint);
        if (profile.Name is { } name) Add(text, "name", $"{ValueText.Quote(name.Name)} {(name.IsValidAt(now) ? "until" : "ended")} {Dates.Day(name.ExpiresAt)}");
        foreach ((string member, string value) in Shown(profile)) AddQuoted(text, member, value);
        foreach ((string network, string address) in profile.Wallets.Present()) AddQuoted(text, "wallet " + network, address);
        foreach ((string site, string account) in profile.Socials.Present()) AddQuoted(text, "social " + site, account);
        Add(text, "signed", string.Create(CultureInfo.InvariantCulture, $"{Dates.Second(profile.Timestamp)}, version {profile.Version}"));
        return text.ToString().TrimEnd('\n');
    }

    public static string Text(string fingerprint, OldProfile profile)
    {
        var text = new StringBuilder();
        Add(text, "fingerprint", fingerprint);
        foreach ((string member, string value) in Shown(profile)) AddQuoted(text, member, value);
        Add(text, "written", Dates.Second(profile.UpdatedAt));
        return text.ToString().TrimEnd('\n');
    }

    public static void Write(Utf8JsonWriter json, Profile profile, ulong now)
    {
        json.WriteString("fingerprint", profile.Fingerprint);
        json.WriteBoolean("verified", true);
        json.WriteNumber("version", profile.Version);
        json.WriteNumber("timestamp", profile.Timestamp);
        if (profile.Name is { } name)
        {
            json.WriteString("name", name.Name);
            json.WriteNumber("registered_at", name.RegisteredAt);
            json.WriteNumber("expires_at", name.ExpiresAt);
            json.WriteBoolean("is_expired", !name.IsValidAt(now));
        }

        foreach ((string member, string value) in Shown(profile)) json.WriteString(member, value);
        WriteTexts(json, "wallets", profile.Wallets);
        WriteTexts(json, "socials", profile.Socials);
    }

    public static void Write(Utf8JsonWriter json, string fingerprint, OldProfile profile)
    {
        json.WriteString("fingerprint", fingerprint);
        json.WriteBoolean("verified", false);
        json.WriteNumber("timestamp", profile.UpdatedAt);
        foreach ((string member, string value) in Shown(profile)) json.WriteString(member, value);
    }

    private static IEnumerable<(string Member, string Text)> Shown(Profile profile) => Present(
        ("display_name", profile.DisplayName), ("bio", profile.Bio), ("location", profile.Location), ("website", profile.Website), ("avatar_hash", profile.AvatarHash), ("picture", profile.Picture));

    private static IEnumerable<(string Member, string Text)> Shown(OldProfile profile) => Present(
        ("display_name", profile.DisplayName), ("bio", profile.Bio), ("location", profile.Location), ("website", profile.Website), ("avatar_hash", profile.AvatarHash));

    private static IEnumerable<(string Member, string Text)> Present(params (string Member, string Text)[] texts) => texts.Where(text => text.Text.Length > 0);

    private static void WriteTexts(Utf8JsonWriter json, string name, NamedTexts texts)
    {
        json.WriteStartObject(name);
        foreach ((string field, string text) in texts.Present()) json.WriteString(field, text);
        json.WriteEndObject();
    }

    private static void AddQuoted(StringBuilder text, string what, string value) => Add(text, what.Replace('_', ' '), ValueText.Quote(value));

    private static void Add(StringBuilder text, string what, string value) => text.Append(CultureInfo.InvariantCulture, $"{what,-15} {value}\n");
}
