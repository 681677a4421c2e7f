using System.CommandLine;
using System.CommandLine.Parsing;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Profiles;

/// <summary>The options that change a profile, and what each does to it.</summary>
internal static class ProfileFields
{
    private static readonly (Option<string?> Option, Func<Profile, string, Profile> Change)[] Texts =
    [
        (Text("--display-name", "What others see you called; no name, and proves nothing"), (profile, text) => profile with { DisplayName = text }),
        (Text("--bio", "Some lines on you, at most 511 bytes"), (profile, text) => profile with { Bio = text }),
        (Text("--location", "Where you are"), (profile, text) => profile with { Location = text }),
        (Text("--website", "Its address"), (profile, text) => profile with { Website = text }),
        (Text("--avatar-hash", "Hash of a picture"), (profile, text) => profile with { AvatarHash = text }),
        (Text("--picture", "Content id of a picture (IPFS)"), (profile, text) => profile with { Picture = text }),
    ];

    private static readonly Option<string[]> Wallets = List("--wallet", "NETWORK=ADDRESS", "An address that others pay to", NamedTexts.NoWallets);

    private static readonly Option<string[]> Socials = List("--social", "SITE=ACCOUNT", "An account elsewhere", NamedTexts.NoSocials);

    private static readonly (Option<string[]> Option, NamedTexts Known, Func<Profile, NamedTexts, Profile> Change)[] Lists =
    [
        (Wallets, NamedTexts.NoWallets, (profile, texts) => profile with { Wallets = texts }),
        (Socials, NamedTexts.NoSocials, (profile, texts) => profile with { Socials = texts }),
    ];

    /// <summary>All of them.</summary>
    public static IEnumerable<Option> All => [.. Texts.Select(text => text.Option), Wallets, Socials];

    /// <summary>True when anything is to be changed.</summary>
    public static bool IsAnySaid(CommandResult result) => All.Any(option => result.GetResult(option) is not null);

    /// <summary>Says of each text that no profile may have it, before anything is opened or asked.</summary>
    public static void Check(CommandResult result)
    {
        foreach ((Option<string?> option, Func<Profile, string, Profile> change) in Texts)
        {
            if (result.GetResult(option) is { Tokens: [{ Value: var text }] } && ProblemOf(change(Blank, text)) is { } problem) result.AddError($"{option.Name}: {problem}.");
        }

        foreach ((Option<string[]> option, NamedTexts known, Func<Profile, NamedTexts, Profile> change) in Lists)
        {
            foreach (Token token in result.GetResult(option)?.Tokens ?? [])
            {
                if (Split(token.Value) is not { } pair || known.All.All(field => field.Name != pair.Name))
                    result.AddError($"{option.Name}: '{token.Value}' is not {option.HelpName} of {Names(known)}.");
                else if (ProblemOf(change(Blank, known.With(pair.Name, pair.Text))) is { } problem)
                    result.AddError($"{option.Name} {pair.Name}: {problem}.");
            }
        }
    }

    /// <summary>The profile with what was said; an empty text takes a field away.</summary>
    public static Profile Apply(Profile profile, ParseResult result)
    {
        foreach ((Option<string?> option, Func<Profile, string, Profile> change) in Texts)
        {
            if (result.GetValue(option) is { } text) profile = change(profile, text);
        }

        return profile with { Wallets = With(profile.Wallets, result.GetValue(Wallets)), Socials = With(profile.Socials, result.GetValue(Socials)) };
    }

    private static Profile Blank { get; } = new() { Fingerprint = "", SigningKey = default, EncryptionKey = default };

    private static string? ProblemOf(Profile profile) => ProfileRules.Check(profile) switch
    {
        ProfileProblem.TextTooLong => "longer than its field in a profile",
        ProfileProblem.BadContentId => "not a content id: 46 to 64 characters that begin with Qm, b or z",
        ProfileProblem.BadWallet => "this cannot be an address of that network",
        _ => null,
    };

    private static NamedTexts With(NamedTexts texts, string[]? said)
    {
        foreach (string text in said ?? [])
        {
            if (Split(text) is { } pair) texts = texts.With(pair.Name, pair.Text);
        }

        return texts;
    }

    private static (string Name, string Text)? Split(string text) => text.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (text[..at], text[(at + 1)..]) : null;

    private static string Names(NamedTexts texts) => string.Join(", ", texts.All.Select(field => field.Name));

    private static Option<string?> Text(string name, string description) => new(name) { Description = description, HelpName = "TEXT" };

    private static Option<string[]> List(string name, string form, string description, NamedTexts known) => new(name) { Description = $"{description}: {Names(known)}", HelpName = form };
}
