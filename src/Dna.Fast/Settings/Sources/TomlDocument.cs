using System.Globalization;
using System.Text;
using Dna.Fast.Settings.Keys;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Dna.Fast.Settings.Sources;

/// <summary>Reads a configuration file's text: what it says of each key and where, and everything that is wrong with it, at once.</summary>
/// <remarks>For any text it ends without an exception, in time and memory linear in its length.</remarks>
internal sealed class TomlDocument
{
    private readonly string _file;
    private readonly List<ConfigEntry> _entries = [];
    private readonly List<ConfigProblem> _problems = [];
    private readonly HashSet<int> _brokenLines = [];

    private TomlDocument(string file) => _file = file;

    /// <param name="file">The file's name, for places.</param>
    public static (IReadOnlyList<ConfigEntry> Entries, IReadOnlyList<ConfigProblem> Problems) Read(string text, string file)
    {
        var document = new TomlDocument(file);
        if (Parse(text, out string failure) is { } syntax)
        {
            document.AddSyntaxProblems(syntax.Diagnostics, text.Split('\n'));
            foreach (KeyValueSyntax pair in syntax.KeyValues) document.Add("", pair.Key, pair.Value);
            foreach (TableSyntaxBase table in syntax.Tables) document.AddTable(table);
        }
        else
        {
            document._problems.Add(new ConfigProblem(new ConfigPlace(ConfigSource.File, file, FailingLine(text), 1), "", "this is no TOML: " + TomlText.OneLine(failure)));
        }

        return (document._entries, [.. document._problems.OrderBy(problem => problem.Place.Line).ThenBy(problem => problem.Place.Column)]);
    }

    /// <summary>Null when the parser gives up: of what is nested too deep, and of some unfinished escapes, where it has an error of its own.</summary>
    private static DocumentSyntax? Parse(string text, out string failure)
    {
        try
        {
            failure = "";
            return SyntaxParser.Parse(text, sourceName: null, validate: true);
        }
        catch (TomlException exception)
        {
            failure = exception.Message;
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            failure = "this cannot be read";
            return null;
        }
    }

    /// <summary>The line the parser gives up at: with it, the text up to there cannot be read, without it it can.</summary>
    private static int FailingLine(string text)
    {
        string[] lines = text.Split('\n');
        (int good, int bad) = (0, lines.Length);
        while (bad - good > 1)
        {
            int middle = (good + bad) / 2;
            if (Parse(string.Join('\n', lines.AsSpan(0, middle)!), out _) is null) bad = middle;
            else good = middle;
        }

        return bad;
    }

    /// <summary>The parser stumbles on over the rest of a line: of each line the first complaint is the one to read.</summary>
    private void AddSyntaxProblems(DiagnosticsBag diagnostics, string[] lines)
    {
        foreach (DiagnosticMessage message in diagnostics.OrderBy(message => message.Span.Start.Line).ThenBy(message => message.Span.Start.Column))
        {
            int line = message.Span.Start.Line;
            if (!_brokenLines.Add(line)) continue;
            // The parser quotes what it read, and that may be somebody's secret without its quotation marks.
            bool isSecret = line < lines.Length && ConfigKeys.All.Any(key => key.IsSecret && lines[line].Contains(key.Name, StringComparison.OrdinalIgnoreCase));
            _problems.Add(new ConfigProblem(Place(message.Span), "", "this is no TOML" + (isSecret ? "; the line names a secret, so what is wrong is not repeated" : ": " + TomlText.OneLine(message.Message))));
        }
    }

    private void AddTable(TableSyntaxBase table)
    {
        string? name = NameOf(table.Name);
        if (name is null || table.Name is null) return;
        if (table is TableArraySyntax)
        {
            AddProblem(table.Name.Span, name, $"expected one section [{TomlText.Short(name)}], not a list of them");
            return;
        }

        if (!ConfigKeys.IsSection(name)) AddUnknownSection(table.Name.Span, name);
        else foreach (KeyValueSyntax pair in table.Items) Add(name + ".", pair.Key, pair.Value);
    }

    private void Add(string prefix, KeySyntax? key, ValueSyntax? value)
    {
        // A key or value that could not be read was complained about already.
        if (key is null || value is null || NameOf(key) is not { } name) return;
        string path = prefix + name;
        if (ConfigKeys.Find(path) is { } known) AddEntry(known, key, value);
        else if (!ConfigKeys.IsSection(path)) AddUnknown(key.Span, path);
        else if (value is not InlineTableSyntax table) AddProblem(value.Span, path, $"expected a section, [{path}] with its keys below");
        else foreach (InlineTableItemSyntax item in table.Items) Add(path + ".", item.KeyValue?.Key, item.KeyValue?.Value);
    }

    private void AddEntry(ConfigKey key, KeySyntax name, ValueSyntax value)
    {
        // What the parser made of a broken line is its guess.
        if (_brokenLines.Contains(value.Span.Start.Line)) return;
        if (value is ArraySyntax array && key.Kind == ConfigKind.List) AddList(key, name, array);
        else if (TextOf(key.Kind, value) is { } text) _entries.Add(new ConfigEntry(key, [new ConfigText(text, Place(value.Span))], Place(name.Span)));
        else AddProblem(value.Span, key.Path, $"expected {InToml(key)}, not {KindOf(value)}");
    }

    private void AddList(ConfigKey key, KeySyntax name, ArraySyntax array)
    {
        var texts = new List<ConfigText>();
        foreach (ArrayItemSyntax item in array.Items)
        {
            if (item.Value is not null && _brokenLines.Contains(item.Value.Span.Start.Line)) continue;
            if (item.Value is StringValueSyntax text) texts.Add(new ConfigText(text.Value ?? "", Place(text.Span)));
            else if (item.Value is not null) AddProblem(item.Value.Span, key.Path, $"expected {InToml(key)}, not {KindOf(item.Value)} among them");
        }

        _entries.Add(new ConfigEntry(key, texts, Place(name.Span)));
    }

    private static string? TextOf(ConfigKind kind, ValueSyntax value) => (kind, value) switch
    {
        (ConfigKind.Number or ConfigKind.Size, IntegerValueSyntax integer) => integer.Value.ToString(CultureInfo.InvariantCulture),
        (ConfigKind.Switch, BooleanValueSyntax boolean) => SettingTexts.Write(boolean.Value),
        (ConfigKind.Text or ConfigKind.Size, StringValueSyntax text) => text.Value ?? "",
        _ => null,
    };

    private static string InToml(ConfigKey key) => key.Kind switch
    {
        ConfigKind.List => $"a list, in brackets, of strings: {key.Expected}",
        ConfigKind.Text => $"a string: {key.Expected}",
        ConfigKind.Number => $"{key.Expected}, without quotation marks",
        _ => key.Expected,
    };

    private static string KindOf(ValueSyntax value) => value switch
    {
        StringValueSyntax => "a string",
        IntegerValueSyntax => "a number",
        FloatValueSyntax => "a number with a fraction",
        BooleanValueSyntax => "true or false",
        DateTimeValueSyntax => "a date",
        ArraySyntax => "a list",
        _ => "a section",
    };

    private void AddUnknownSection(SourceSpan span, string name) => _problems.Add(new ConfigProblem(
        Place(span), TomlText.Short(name), "there is no such section",
        NearestName.Of(name, ConfigKeys.Sections.Select(section => section.Name)) is { } near ? $"[{near}]" : null));

    private void AddUnknown(SourceSpan span, string path) =>
        _problems.Add(new ConfigProblem(Place(span), TomlText.Short(path), "there is no such key", UnknownName.Suggest(path)));

    private void AddProblem(SourceSpan span, string path, string message) => _problems.Add(new ConfigProblem(Place(span), path, message));

    private ConfigPlace Place(SourceSpan span) => new(ConfigSource.File, _file, span.Start.Line + 1, span.Start.Column + 1);

    /// <summary>A key's parts, joined by dots; null when one could not be read.</summary>
    private static string? NameOf(KeySyntax? key)
    {
        if (Part(key?.Key) is not { } first) return null;
        var name = new StringBuilder(first);
        foreach (DottedKeyItemSyntax item in key!.DotKeys)
        {
            if (Part(item.Key) is not { } part) return null;
            name.Append('.').Append(part);
        }

        return name.ToString();
    }

    private static string? Part(BareKeyOrStringValueSyntax? part) => part switch
    {
        BareKeySyntax bare => bare.Key?.Text,
        StringValueSyntax text => text.Value,
        _ => null,
    };
}
