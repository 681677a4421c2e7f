using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Dna.Fast.Wire;

namespace Dna.Fast.Client;

/// <summary>Values as a line for people.</summary>
internal static class ValueText
{
    /// <summary>Binary data shown, in bytes: a screen's line. The JSON form has everything.</summary>
    private const int BinaryBytesMax = 64;

    /// <summary><c>id=1f type=0 user_type="text/plain" size=5 data="hello"</c>; what is no text is shown in hexadecimal digits.</summary>
    public static string Line(ReadOnlySpan<byte> packed)
    {
        if (ValueReader.Read(packed, out ValueView value, out _) != DecodeStatus.Ok) return $"a value that cannot be read ({packed.Length} bytes)";
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"id={value.Id:x}");
        if (value.IsEncrypted)
        {
            line.Append(CultureInfo.InvariantCulture, $" encrypted size={value.Cypher.Length}");
            return line.ToString();
        }

        line.Append(CultureInfo.InvariantCulture, $" type={value.Type}");
        if (!value.UserType.IsEmpty) line.Append(" user_type=").Append(Quote(value.UserType));
        if (value.IsSigned) line.Append(CultureInfo.InvariantCulture, $" owner={InfoHash.Of(value.Owner)} seq={value.Seq}");
        line.Append(CultureInfo.InvariantCulture, $" size={value.Data.Length} data=");
        if (Utf8.IsValid(value.Data)) line.Append(Quote(value.Data));
        else line.Append("0x").Append(Convert.ToHexStringLower(value.Data[..Math.Min(BinaryBytesMax, value.Data.Length)])).Append(value.Data.Length > BinaryBytesMax ? "…" : "");
        return line.ToString();
    }

    /// <summary>A stranger's text between quotes: control characters are spelled out, so that nobody steers the reader's terminal.</summary>
    internal static string Quote(ReadOnlySpan<byte> utf8)
    {
        var quoted = new StringBuilder("\"");
        foreach (Rune rune in Encoding.UTF8.GetString(utf8).EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') quoted.Append('\\').Append((char)rune.Value);
            else if (rune.Value == '\n') quoted.Append("\\n");
            else if (rune.Value == '\t') quoted.Append("\\t");
            else if (IsInvisible(rune)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else quoted.Append(rune.ToString());
        }

        return quoted.Append('"').ToString();
    }

    // Format characters turn the direction of what follows.
    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
