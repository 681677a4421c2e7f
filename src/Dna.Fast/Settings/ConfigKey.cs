using Dna.Fast.Commands;

namespace Dna.Fast.Settings;

/// <summary>One setting of a node: everything anybody says about it is here, once.</summary>
/// <remarks>
/// Help, variables, the sample, <c>dna check</c> and <c>dna config</c> come from the list of these, <see cref="Keys.ConfigKeys"/>. Immutable; any thread.
/// A key's value is said in a file as <c>[Section] Name = ...</c>, in the environment as <see cref="Variable"/>, on the command line as <see cref="Flag"/>.
/// </remarks>
internal abstract class ConfigKey(string path, ConfigKind kind, string description, string expected)
{
    /// <summary>Section and name: <c>network.port</c>.</summary>
    public string Path { get; } = path;

    public string Section { get; } = path[..path.IndexOf('.', StringComparison.Ordinal)];

    public string Name { get; } = path[(path.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary><c>DNA_NETWORK_PORT</c>.</summary>
    public string Variable { get; } = "DNA_" + path.Replace('.', '_').ToUpperInvariant();

    public ConfigKind Kind { get; } = kind;

    /// <summary>One sentence without a full stop, with the unit of the value.</summary>
    public string Description { get; } = description;

    /// <summary>Type and range, for people: "a port from 0 to 65535".</summary>
    public string Expected { get; } = expected;

    /// <summary><c>--port</c>, or null: not on the command line.</summary>
    public string? Flag { get; init; }

    public IReadOnlyList<string> FlagAliases { get; init; } = [];

    /// <summary>What the help calls the value.</summary>
    public string HelpName { get; init; } = "";

    /// <summary>A running node takes a new value on SIGHUP; else only a start does.</summary>
    public bool IsLive { get; init; }

    /// <summary>Never printed, logged or told, and refused from a file that other users can read.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The default in words, where it depends on the machine or is none; null: the default's value says it.</summary>
    public string? DefaultInWords { get; init; }

    /// <summary>The value the sample shows, in TOML, where the default is none or depends on the machine; null: the default.</summary>
    public string? Example { get; init; }

    public abstract object? DefaultValue { get; }

    /// <summary>Reads a value.</summary>
    /// <param name="texts">One text; any number for a list.</param>
    /// <param name="problems">What is wrong is added here, each text at its place.</param>
    /// <returns>False when something is.</returns>
    public abstract bool TryRead(IReadOnlyList<ConfigText> texts, ICollection<ConfigProblem> problems, out object? value);

    /// <summary>A value's texts, as <see cref="TryRead"/> takes them; empty for null and for an empty list.</summary>
    public abstract IReadOnlyList<string> Format(object? value);

    /// <summary>The default for people.</summary>
    public string DefaultText => DefaultInWords ?? string.Join(", ", Format(DefaultValue));

    public override string ToString() => Path;
}

/// <summary>A key whose value is one <typeparamref name="T"/>.</summary>
/// <param name="parse">Reads the text; whatever it refuses is not <paramref name="expected"/>.</param>
/// <param name="write">Writes a text that <paramref name="parse"/> reads.</param>
internal class ConfigKey<T>(
    string path, ConfigKind kind, string description, string expected, T fallback, Texts.TryParse<T> parse, Func<T, string> write)
    : ConfigKey(path, kind, description, expected)
{
    public T Fallback => fallback;

    public override object? DefaultValue => fallback;

    public override bool TryRead(IReadOnlyList<ConfigText> texts, ICollection<ConfigProblem> problems, out object? value)
    {
        ConfigText only = texts[0];
        bool isRead = parse(only.Text, out T read);
        value = read;
        if (!isRead) problems.Add(new ConfigProblem(only.Place, Path, IsSecret ? $"expected {Expected}" : $"expected {Expected}, not '{TomlText.Short(only.Text)}'"));
        return isRead;
    }

    public override IReadOnlyList<string> Format(object? value) => value is null ? [] : [write((T)value)];
}

/// <summary>A key whose value is a list; without one it is empty.</summary>
internal sealed class ConfigListKey<T>(string path, string description, string expected, Texts.TryParseWithProblem<T> parse, Func<T, string> write)
    : ConfigKey(path, ConfigKind.List, description, expected)
{
    public override object? DefaultValue => Array.Empty<T>();

    public override bool TryRead(IReadOnlyList<ConfigText> texts, ICollection<ConfigProblem> problems, out object? value)
    {
        var read = new List<T>();
        foreach (ConfigText text in texts)
        {
            if (parse(text.Text, out T? one, out string? problem)) read.Add(one!);
            else problems.Add(new ConfigProblem(text.Place, Path, problem ?? $"expected {Expected}"));
        }

        value = read.ToArray();
        return read.Count == texts.Count;
    }

    public override IReadOnlyList<string> Format(object? value) => [.. ((IReadOnlyList<T>)value!).Select(write)];
}
