using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Dna.Fast.Hosting;

/// <summary>Gives the pages back that only the start needed: code that ran once, and the compressed tables the runtime unpacked. What is used again is mapped again.</summary>
/// <remarks>
/// Safe: only mappings of files that cannot be written, and of those only the ones in which no page is a private copy, as the kernel counts them ("Anonymous: 0");
/// all their content is in the file, so dropping a page loses nothing and a thread that needs one just then faults it in again. And only mappings that were there
/// before the packet threads began: a library that a thread is loading just now may be written to between the count and the drop. Linux only.
/// </remarks>
internal static partial class StartPages
{
    /// <summary>MADV_DONTNEED of Linux.</summary>
    private const int DontNeed = 4;

    /// <summary>Longest line of smaps: addresses, and a path.</summary>
    private const int LineBytesMax = 8192;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>The mappings that may be given back later. To be asked while no other thread loads a library.</summary>
    /// <returns>Addresses, ascending; none where the system does not tell.</returns>
    public static IReadOnlyList<nuint> Settled()
    {
        var settled = new List<nuint>();
        Read("/proc/self/maps", line =>
        {
            if (IsHeader(line) && ReadOnlyFile(line) is { Length: > 0 } mapping) settled.Add(mapping.From);
        });
        return settled;
    }

    /// <param name="settled">Of <see cref="Settled"/>; other mappings are left alone.</param>
    /// <returns>Bytes of the mappings whose pages were given back; 0 where the system does not tell.</returns>
    public static long GiveBack(IReadOnlyList<nuint> settled)
    {
        long given = 0;
        (nuint From, nuint Length) mapping = default;
        Read("/proc/self/smaps", line =>
        {
            if (IsHeader(line))
            {
                mapping = ReadOnlyFile(line);
                if (!settled.Contains(mapping.From)) mapping = default;
            }
            else if (mapping.Length > 0 && IsWithoutCopies(line) && Advise(mapping.From, mapping.Length, DontNeed) == 0)
            {
                given += (long)mapping.Length;
            }
        });
        return given;
    }

    private delegate void Line(ReadOnlySpan<byte> line);

    private static void Read(string path, Line take)
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            using FileStream file = new(path, new FileStreamOptions { BufferSize = 0 });
            Read(file, take);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What was taken until here stays.
        }
    }

    private static void Read(FileStream file, Line take)
    {
        // By hand, and not line by line as strings: they would cost a good part of what this gives back.
        byte[] buffer = new byte[LineBytesMax];
        int filled = 0;
        while (true)
        {
            int read = file.Read(buffer.AsSpan(filled));
            filled += read;
            Span<byte> rest = buffer.AsSpan(0, filled);
            for (int end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
            {
                take(rest[..end]);
                rest = rest[(end + 1)..];
            }

            rest.CopyTo(buffer);
            filled = rest.Length;
            if (read == 0 || filled == buffer.Length) return;
        }
    }

    // "7f00-7f10 r-xp 00000000 fe:01 1234   /path": the fields behind have a colon after their first word.
    private static bool IsHeader(ReadOnlySpan<byte> line) => line.IndexOf((byte)'-') is > 0 and var dash && line[..dash].IndexOfAnyExcept(HexDigits) < 0;

    private static (nuint From, nuint Length) ReadOnlyFile(ReadOnlySpan<byte> line)
    {
        int path = line.IndexOf((byte)'/');
        bool isRead = Utf8Parser.TryParse(line, out ulong from, out int first, 'x') & Utf8Parser.TryParse(line[(line.IndexOf((byte)'-') + 1)..], out ulong to, out int second, 'x');
        ReadOnlySpan<byte> rights = line[Math.Min(line.Length, first + second + 2)..];
        return isRead && path > 0 && rights.StartsWith("r"u8) && rights.Length > 3 && rights[1] == '-' && rights[3] == 'p' && to > from ? ((nuint)from, (nuint)(to - from)) : default;
    }

    private static bool IsWithoutCopies(ReadOnlySpan<byte> line) =>
        line.StartsWith("Anonymous:"u8) && Utf8Parser.TryParse(line["Anonymous:"u8.Length..].TrimStart((byte)' '), out long kibibytes, out _) && kibibytes == 0;

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint address, nuint length, int advice);
}
