using System.Globalization;
using System.Text;

namespace Dna.Fast.Settings.Sources;

/// <summary>A configuration file on the disk.</summary>
internal static class ConfigFile
{
    /// <summary>Where it is looked for when nobody names one; there need not be one.</summary>
    public const string DefaultPath = "/etc/dna/dna.toml";

    /// <summary>Far more than every key with a comment; whoever names a larger file named the wrong one.</summary>
    private const int BytesMax = 1 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads and parses it; a file that cannot be read is a problem like any other.</summary>
    public static (IReadOnlyList<ConfigEntry> Entries, IReadOnlyList<ConfigProblem> Problems) Read(string path)
    {
        byte[] content;
        try
        {
            using FileStream file = File.OpenRead(path);
            content = new byte[BytesMax + 1];
            int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            if (length > BytesMax) return Refuse(path, string.Create(CultureInfo.InvariantCulture, $"a configuration file has at most {BytesMax} bytes"));
            content = content[..length];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Refuse(path, "cannot be read: " + failure.Message);
        }

        try
        {
            string text = Strict.GetString(content);
            (IReadOnlyList<ConfigEntry> entries, IReadOnlyList<ConfigProblem> problems) = TomlDocument.Read(text, path);
            return (entries, [.. problems, .. SecretsInTheOpen(path, entries)]);
        }
        catch (DecoderFallbackException)
        {
            return ([], [new ConfigProblem(BadByte(path, content), "", "this is no UTF-8")]);
        }
    }

    private static (IReadOnlyList<ConfigEntry> Entries, IReadOnlyList<ConfigProblem> Problems) Refuse(string path, string message) =>
        ([], [new ConfigProblem(new ConfigPlace(ConfigSource.File, path), "", message)]);

    private static IEnumerable<ConfigProblem> SecretsInTheOpen(string path, IReadOnlyList<ConfigEntry> entries)
    {
        if (OperatingSystem.IsWindows() || !entries.Any(entry => entry.Key.IsSecret)) return [];
        if ((File.GetUnixFileMode(path) & UnixFileMode.OtherRead) == 0) return [];
        return entries.Where(entry => entry.Key.IsSecret).Select(entry => new ConfigProblem(
            entry.Place, entry.Key.Path, $"all users of this machine can read this secret: chmod o-r the file, or say it in {entry.Key.Variable}"));
    }

    private static ConfigPlace BadByte(string path, ReadOnlySpan<byte> content)
    {
        (int line, int column) = (1, 1);
        while (!content.IsEmpty && Rune.DecodeFromUtf8(content, out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
        {
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + rune.Utf16SequenceLength);
            content = content[length..];
        }

        return new ConfigPlace(ConfigSource.File, path, line, column);
    }
}
