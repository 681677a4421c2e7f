using Dna.Fast.Identity;

namespace Dna.Fast.Identities;

/// <summary>Reads secrets from files and pipes without leaving copies behind.</summary>
internal static class SecretLines
{
    /// <summary>Reads everything.</summary>
    /// <returns>What there is, which the caller disposes; null when it is more than <paramref name="bytesMax"/>.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SecretBytes? ReadAll(Stream stream, int bytesMax)
    {
        using var room = new SecretBytes(bytesMax + 1);
        int length = stream.ReadAtLeast(room.Span, room.Length, throwOnEndOfStream: false);
        return length > bytesMax ? null : SecretBytes.Copy(room.Span[..length]);
    }

    /// <summary>Reads the first line, without its end.</summary>
    /// <returns>The line, which the caller disposes; null when it is longer than <paramref name="bytesMax"/>.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SecretBytes? ReadFirst(Stream stream, int bytesMax)
    {
        using var room = new SecretBytes(bytesMax + 2);
        int length = stream.ReadAtLeast(room.Span, room.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> text = room.Span[..length];
        int end = text.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
        if (line.EndsWith("\r"u8)) line = line[..^1];
        return line.Length > bytesMax ? null : SecretBytes.Copy(line);
    }
}
