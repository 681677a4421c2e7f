namespace Dna.Fast.Messenger;

/// <summary>Which names there are (DNA layer, section 8.3): one set of rules for all calls. Any thread.</summary>
/// <remarks>
/// The original has three sets. A name that is registered here keeps all of them; a name that is looked up may be any that one of them allows, so that every name somebody has can be found.
/// Names that differ only in case are one name.
/// </remarks>
public static class NameRules
{
    /// <summary>Shortest name.</summary>
    public const int LengthMin = 3;

    /// <summary>Longest name that may be registered.</summary>
    public const int LengthMax = 20;

    /// <summary>Longest name that may be looked up.</summary>
    public const int LookupLengthMax = 36;

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "admin", "root", "system", "network", "cpunk", "demlabs", "cellframe", "moderator", "support", "help", "official",
    };

    /// <summary>True for a name that may be registered: 3 to 20 letters, digits and underscores of ASCII, none of the eleven reserved ones.</summary>
    public static bool MayRegister(string name) =>
        name.Length is >= LengthMin and <= LengthMax && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_') && !Reserved.Contains(name);

    /// <summary>True for a name that may exist: 3 to 36 letters, digits, dots, underscores and hyphens of ASCII.</summary>
    public static bool MayExist(string name) =>
        name.Length is >= LengthMin and <= LookupLengthMax && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-');

    /// <summary>The form under which a name is kept and compared: lower case.</summary>
    public static string Canonical(string name) => name.ToLowerInvariant();
}
