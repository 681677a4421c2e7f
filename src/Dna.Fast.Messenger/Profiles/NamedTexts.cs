namespace Dna.Fast.Messenger;

/// <summary>One field of a fixed list: its name in the JSON, and the size of its field in the signed message, in bytes with the zero that ends it.</summary>
public readonly record struct TextField(string Name, int Size);

/// <summary>Texts by name out of a fixed, ordered list of fields: a profile's wallets or socials. Immutable; any thread.</summary>
public sealed class NamedTexts : IEquatable<NamedTexts>
{
    private readonly TextField[] _fields;
    private readonly string[] _texts;

    private NamedTexts(TextField[] fields, string[] texts)
    {
        _fields = fields;
        _texts = texts;
    }

    /// <summary>No wallets: seven Cellframe networks of 120 bytes each, five others of 128 (DNA layer, section 9.1); 1,480 bytes.</summary>
    public static NamedTexts NoWallets { get; } = Empty(
        [.. Fields(120, "backbone", "kelvpn", "riemann", "raiden", "mileena", "subzero", "cpunk_testnet"), .. Fields(128, "btc", "eth", "sol", "qevm", "bnb")]);

    /// <summary>No socials: seven fields of 128 bytes each (section 9.1); 896 bytes.</summary>
    public static NamedTexts NoSocials { get; } = Empty(Fields(128, "telegram", "x", "github", "facebook", "instagram", "linkedin", "google"));

    /// <summary>The list, in the order in which it is printed and signed.</summary>
    public IReadOnlyList<TextField> All => _fields;

    /// <summary>The text of a field; empty when there is none, also for a name outside the list.</summary>
    public string this[string name] => IndexOf(name) is var at and >= 0 ? _texts[at] : "";

    /// <summary>A copy with one field changed; an empty text removes it.</summary>
    /// <exception cref="ArgumentException">The list has no such field.</exception>
    public NamedTexts With(string name, string text)
    {
        int at = IndexOf(name);
        if (at < 0) throw new ArgumentException($"There is no field {name}.", nameof(name));
        string[] texts = [.. _texts];
        texts[at] = text;
        return new NamedTexts(_fields, texts);
    }

    /// <summary>Names and texts of the fields that are not empty, in their order.</summary>
    public IEnumerable<(string Name, string Text)> Present() =>
        _fields.Zip(_texts).Where(pair => pair.Second.Length > 0).Select(pair => (pair.First.Name, pair.Second));

    public bool Equals(NamedTexts? other) => other is not null && ReferenceEquals(_fields, other._fields) && _texts.AsSpan().SequenceEqual(other._texts);

    public override bool Equals(object? obj) => Equals(obj as NamedTexts);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (string text in _texts) hash.Add(text, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    internal void WriteFixed(ByteWriter message)
    {
        for (int i = 0; i < _fields.Length; i++) message.FixedText(_texts[i], _fields[i].Size);
    }

    internal void WriteJson(JsonCWriter json)
    {
        json.BeginObject();
        foreach ((string name, string text) in Present()) json.Field(name, text);
        json.EndObject();
    }

    internal NamedTexts Read(JsonRecord? json) =>
        json is not { } record ? this : new NamedTexts(_fields, [.. _fields.Select(field => ProfileText.Cut(record.Text(field.Name), field.Size))]);

    private static NamedTexts Empty(TextField[] fields) => new(fields, [.. fields.Select(_ => "")]);

    private static TextField[] Fields(int size, params string[] names) => [.. names.Select(name => new TextField(name, size))];

    private int IndexOf(string name) => Array.FindIndex(_fields, field => field.Name == name);
}
