using System.Globalization;
using System.Text;

namespace Dna.Fast.Hosting.Traffic;

/// <summary>The traffic of the month, kept over restarts: one line, <c>2026-11-01 123456</c>: the day it began and the bytes.</summary>
internal static class TrafficFile
{
    private const string Day = "yyyy-MM-dd";

    /// <summary>The longest line: a day, a space, 19 digits.</summary>
    private const int BytesMax = 64;

    /// <returns>False when there is no file, or one that cannot be read: the month counts from now.</returns>
    public static bool TryRead(string path, out DateTimeOffset begin, out long bytes)
    {
        (begin, bytes) = (default, 0);
        try
        {
            if (!File.Exists(path)) return false;
            using FileStream file = File.OpenRead(path);
            byte[] content = new byte[BytesMax];
            int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            string[] words = Encoding.ASCII.GetString(content, 0, length).Trim().Split(' ');
            return words.Length == 2
                && DateTimeOffset.TryParseExact(words[0], Day, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out begin)
                && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <exception cref="IOException">Not written.</exception>
    /// <exception cref="UnauthorizedAccessException">Not written.</exception>
    public static void Write(string path, DateTimeOffset begin, long bytes) =>
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{begin.UtcDateTime.ToString(Day, CultureInfo.InvariantCulture)} {bytes}\n")));
}
