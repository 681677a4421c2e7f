using System.Text.Json;
using Dna.Fast.Settings;

namespace Dna.Fast.Tests.Config;

/// <summary>A key that calls itself secret is never told.</summary>
public sealed class SecretTests
{
    private const string Secret = "swordfish";

    private static readonly ConfigKey<string?> Key = new(
        "vault.token", ConfigKind.Text, "What opens the vault", "at least 12 characters",
        null, (string text, out string? value) => (value = text).Length >= 12, text => text!)
    {
        IsSecret = true,
        DefaultInWords = "none",
    };

    private static readonly ConfigPlace Place = new(ConfigSource.File, "dna.toml", 2, 9);

    [Fact]
    public void What_is_wrong_with_it_is_said_without_it()
    {
        var problems = new List<ConfigProblem>();
        Assert.False(Key.TryRead([new ConfigText(Secret, Place)], problems, out _));
        Assert.Equal("dna.toml:2:9: vault.token: expected at least 12 characters", Assert.Single(problems).ToString());
    }

    [Fact]
    public void What_counts_is_shown_without_it()
    {
        string text = EffectiveText.Write([new ConfigValue(Key, Secret, Place)], "dna.toml");
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        Assert.Contains("# token is set, and not shown", text, StringComparison.Ordinal);
        Assert.Contains("# dna.toml:2:9", text, StringComparison.Ordinal);
        Assert.Contains("# token is not set", EffectiveText.Write([new ConfigValue(Key, null, ConfigPlace.Default)], null), StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_are_told_only_that_it_is_set()
    {
        JsonElement shown = JsonDocument.Parse(ConfigJson.Effective([new ConfigValue(Key, Secret, Place)])).RootElement.GetProperty("vault.token");
        Assert.True(shown.GetProperty("set").GetBoolean());
        Assert.False(shown.TryGetProperty("value", out _));
        Assert.DoesNotContain(Secret, shown.GetRawText(), StringComparison.Ordinal);
    }
}
