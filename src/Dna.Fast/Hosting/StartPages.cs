using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Dna.Fast.Hosting;

/// <summary>Gives the pages back that only the start needed: code that ran once, and the compressed tables the runtime unpacked. What is used again is mapped again.</summary>
/// <remarks>
/// Safe: only mappings of files that cannot be written, and of those only the ones in which no page is a private copy, as the kernel counts them ("Anonymous: 0");
/// all their content is in the file, so dropping a page loses nothing and a thread that needs one just then faults it in again. Linux only.
/// </remarks>
internal static partial class StartPages
{
    /// <summary>MADV_DONTNEED of Linux.</summary>
    private const int DontNeed = 4;

    /// <summary>Longest line of smaps: addresses, and a path.</summary>
    private const int LineBytesMax = 8192;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    /// <returns>Bytes of the mappings whose pages were given back; 0 where the system does not tell.</returns>
    public static long GiveBack()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        try
        {
            using FileStream smaps = new("/proc/self/smaps", new FileStreamOptions { BufferSize = 0 });
            return GiveBack(smaps);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static long GiveBack(FileStream smaps)
    {
        // By hand, and not line by line as strings: they would cost a good part of what this gives back.
        byte[] buffer = new byte[LineBytesMax];
        int filled = 0;
        long given = 0;
        (nuint From, nuint Length) mapping = default;
        while (true)
        {
            int read = smaps.Read(buffer.AsSpan(filled));
            filled += read;
            Span<byte> rest = buffer.AsSpan(0, filled);
            for (int end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
            {
                ReadOnlySpan<byte> line = rest[..end];
                rest = rest[(end + 1)..];
                if (IsHeader(line))
                {
                    mapping = ReadOnlyFile(line);
                }
                else if (mapping.Length > 0 && IsWithoutCopies(line) && Advise(mapping.From, mapping.Length, DontNeed) == 0)
                {
                    given += (long)mapping.Length;
                }
            }

            rest.CopyTo(buffer);
            filled = rest.Length;
            if (read == 0 || filled == buffer.Length) return given;
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
