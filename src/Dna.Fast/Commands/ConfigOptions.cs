using System.Collections;
using System.CommandLine;
using System.CommandLine.Parsing;
using Dna.Fast.Commands.Reference;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Commands;

/// <summary>The options of a node's settings, one a key, as the list of keys says them; and <c>--config</c>.</summary>
internal static class ConfigOptions
{
    private static readonly Option<string?> File = new("--config")
    {
        Description = "Configuration file [default: $DNA_CONFIG, else /etc/dna/dna.toml if it is there]",
        HelpName = "FILE",
    };

    private static readonly (ConfigKey Key, Option Option)[] Options =
        [.. ConfigKeys.All.Where(key => key.Flag is not null).Select(key => (key, OptionOf(key)))];

    // Both limits in one, as it was before they had keys.
    private static readonly Option<RateLimits?> RateLimit = new("--rate-limit")
    {
        Description = "Both limits at once; a source's is an eighth where it is not said, off is no limit",
        HelpName = "GLOBAL[,PERSOURCE]|off",
        CustomParser = result =>
        {
            if (RateLimitText.TryParse(result.Tokens[0].Value, out RateLimits limits)) return limits;
            result.AddError($"--rate-limit: '{result.Tokens[0].Value}' is not GLOBAL, GLOBAL,PERSOURCE or off.");
            return null;
        },
    };

    /// <summary>All of them.</summary>
    public static void AddTo(Command command)
    {
        command.Options.Add(File);
        foreach ((ConfigKey _, Option option) in Options) command.Options.Add(option);
        command.Options.Add(RateLimit);
    }

    /// <summary>What a command line says, with the environment and the file it names.</summary>
    public static ConfigInputs Read(ParseResult result, IReadOnlyDictionary<string, string> environment) => new()
    {
        File = result.GetValue(File),
        Environment = environment,
        Flags = [.. FromRateLimit(result), .. Options.Select(pair => EntryOf(pair.Key, result.GetResult(pair.Option))).OfType<ConfigEntry>()],
    };

    /// <summary>This process's environment.</summary>
    public static IReadOnlyDictionary<string, string> Environment()
    {
        var variables = new Dictionary<string, string>();
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables()) variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return variables;
    }

    private static IEnumerable<ConfigEntry> FromRateLimit(ParseResult result)
    {
        if (result.GetResult(RateLimit) is null || result.GetValue(RateLimit) is not { } limits) return [];
        var place = new ConfigPlace(ConfigSource.Flag, RateLimit.Name);
        return
        [
            new ConfigEntry(LimitKeys.RequestsPerSecond, [new ConfigText(SettingTexts.Write(limits.Global), place)], place),
            new ConfigEntry(LimitKeys.RequestsPerSource, [new ConfigText(SettingTexts.Write(limits.PerSource), place)], place),
        ];
    }

    private static ConfigEntry? EntryOf(ConfigKey key, OptionResult? said)
    {
        if (said is null || said.Implicit) return null;
        var place = new ConfigPlace(ConfigSource.Flag, key.Flag!);
        ConfigText[] texts = [.. said.Tokens.Select(token => new ConfigText(token.Value, place))];
        // A switch without a value is on.
        return new ConfigEntry(key, texts.Length == 0 && key.Kind == ConfigKind.Switch ? [new ConfigText("true", place)] : texts, place);
    }

    private static Option OptionOf(ConfigKey key)
    {
        Option option = key.Kind switch
        {
            ConfigKind.Switch => new Option<bool>(key.Flag!, [.. key.FlagAliases]),
            ConfigKind.List => new Option<string[]>(key.Flag!, [.. key.FlagAliases]) { AllowMultipleArgumentsPerToken = true },
            _ => new Option<string>(key.Flag!, [.. key.FlagAliases]),
        };
        option.Description = $"{key.Description} [default: {key.DefaultText}; {key.Variable}]";
        if (key.HelpName.Length > 0) option.HelpName = key.HelpName;
        if (key.Kind == ConfigKind.Text) option.CompletionSources.Add([.. Words.In(key.Expected)]);
        option.Validators.Add(said =>
        {
            if (EntryOf(key, said) is not { } entry || entry.Texts.Count == 0) return;
            var problems = new List<ConfigProblem>();
            key.TryRead(entry.Texts, problems, out _);
            foreach (ConfigProblem problem in problems) said.AddError($"{key.Flag}: {problem.Message}.");
        });
        return option;
    }
}
