using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Client;

/// <summary>Values as a line for people.</summary>
internal static class ValueText
{
    /// <summary>Binary data shown, in bytes: a screen's line. The JSON form has everything.</summary>
    private const int BinaryBytesMax = 64;

    /// <summary>
    /// <c>id=1f type=0 user_type="text/plain" size=5 data="hello"</c>; a signed value has <c>owner=KEYID seq=0 verified</c>, an encrypted one <c>decrypted</c> too. What is no text is
    /// shown in hexadecimal digits.
    /// </summary>
    public static string Line(ShownValue shown)
    {
        VerifiedValue value = shown.Value;
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"id={value.Id:x} type={value.Type}");
        if (value.UserType.Length > 0) line.Append(" user_type=").Append(Quote(value.UserType));
        if (value.WasEncrypted) line.Append(" decrypted");
        if (value.IsSigned) line.Append(CultureInfo.InvariantCulture, $" owner={value.OwnerId} seq={value.Seq} verified");
        if (shown.SealedBy is { } sender) line.Append(" sealed_by=").Append(sender);
        line.Append(CultureInfo.InvariantCulture, $" size={shown.Data.Length} data=");
        ReadOnlySpan<byte> data = shown.Data.Span;
        if (Utf8.IsValid(data)) line.Append(Quote(data));
        else line.Append("0x").Append(Convert.ToHexStringLower(data[..Math.Min(BinaryBytesMax, data.Length)])).Append(data.Length > BinaryBytesMax ? "…" : "");
        return line.ToString();
    }

    /// <summary>A value nobody here can read: <c>id=1f encrypted size=512</c>.</summary>
    public static string Closed(ReadOnlySpan<byte> packed) => ValueReader.Read(packed, out ValueView value, out _) == DecodeStatus.Ok
        ? string.Create(CultureInfo.InvariantCulture, $"id={value.Id:x} encrypted size={value.Cypher.Length}")
        : string.Create(CultureInfo.InvariantCulture, $"a value that cannot be read ({packed.Length} bytes)");

    /// <inheritdoc cref="Quote(ReadOnlySpan{byte})"/>
    internal static string Quote(string text) => Quote(Encoding.UTF8.GetBytes(text));

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
