using System.Text;

namespace Dna.Fast.Messenger;

/// <summary>Texts of a profile in their fields of fixed size.</summary>
internal static class ProfileText
{
    /// <summary>A text as a reader keeps it: cut to its field, whose last byte is a zero, and at a zero of its own; never inside a character.</summary>
    /// <param name="size">Bytes of the field with the zero.</param>
    public static string Cut(string? text, int size)
    {
        if (text is null) return "";
        int end = text.IndexOf('\0', StringComparison.Ordinal);
        if (end >= 0) text = text[..end];
        while (Encoding.UTF8.GetByteCount(text) >= size)
        {
            // Each character has at least one byte, so that this ends after few rounds whatever was written.
            int length = Math.Min(size - 1, text.Length - 1);
            if (length > 0 && char.IsHighSurrogate(text[length - 1])) length--;
            text = text[..length];
        }

        return text;
    }

    /// <summary>True when a text can be written into its field.</summary>
    public static bool Fits(string text, int size) => Encoding.UTF8.GetByteCount(text) < size && !text.Contains('\0', StringComparison.Ordinal);
}
