using System.Globalization;

namespace Dna.Fast.LoadGen.Measure;

/// <summary>CPU time and memory of a process at one moment. Reads /proc/PID.</summary>
/// <param name="CpuNs">User and system time since its start, in nanoseconds; the kernel counts in steps of 10 milliseconds.</param>
/// <param name="RssBytes">Resident memory.</param>
internal readonly record struct ProcessSample(long CpuNs, long RssBytes)
{
    // USER_HZ: what /proc counts in, 100 on every Linux .NET runs on.
    private const long NsPerTick = 10_000_000;

    /// <summary>Reads a process.</summary>
    /// <returns>False: there is no such process.</returns>
    public static bool TryRead(int pid, out ProcessSample sample)
    {
        sample = default;
        try
        {
            long rssKib = 0;
            foreach (string line in File.ReadLines($"/proc/{pid}/status"))
            {
                if (line.StartsWith("VmRSS:", StringComparison.Ordinal)) rssKib = long.Parse(line.AsSpan(6).Trim().TrimEnd("kB").Trim(),
                    CultureInfo.InvariantCulture);
            }

            sample = new ProcessSample(ParseCpuNs(File.ReadAllText($"/proc/{pid}/stat")), rssKib * 1024);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Fields 14 and 15 of <c>stat</c>; the name before them, in brackets, may itself hold blanks and brackets.</summary>
    internal static long ParseCpuNs(string stat)
    {
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        const int User = 11, System = 12;
        return (long.Parse(fields[User], CultureInfo.InvariantCulture)
            + long.Parse(fields[System], CultureInfo.InvariantCulture)) * NsPerTick;
    }
}
