using System.Buffers;
using System.Text;
using Dna.Fast.Client;

namespace Dna.Fast.Messaging;

/// <summary>Names that others gave to things, within a sentence or before a colon.</summary>
internal static class Titles
{
    /// <summary>What would end a name, or begin another part of a line.</summary>
    private static readonly SearchValues<char> Marks = SearchValues.Create(":\"'\\");

    /// <summary>The name as it is when it is plain words; between quotes, with invisible characters spelled out, when it has anything in it that could pass for more than a name.</summary>
    public static string Of(string name) => IsPlain(name) ? name : ValueText.Quote(name);

    private static bool IsPlain(string name) =>
        name.Length > 0 && name.Trim().Length == name.Length && name.AsSpan().IndexOfAny(Marks) < 0
        && name.EnumerateRunes().All(rune => rune.Value == ' ' || Rune.IsLetterOrDigit(rune) || Rune.IsPunctuation(rune) || Rune.IsSymbol(rune));
}
