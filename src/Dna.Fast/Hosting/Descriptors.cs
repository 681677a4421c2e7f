using System.Runtime.InteropServices;

namespace Dna.Fast.Hosting;

/// <summary>How many files and sockets the process may have open. Shells and containers often allow 1024, and whoever may connect to us could take them all from the store.</summary>
/// <remarks>Unsafe code: two calls of the C library with one structure of two words, as it is on 64-bit Linux, which they read and write within the call.</remarks>
internal static partial class Descriptors
{
    /// <summary>RLIMIT_NOFILE of Linux on x64 and arm64.</summary>
    private const int OpenFiles = 7;

    /// <summary>What is allowed where it is not known: the least that systems allow by default.</summary>
    private const int Usual = 1024;

    /// <summary>Takes what the process may take for itself: its limit becomes the highest one it is allowed. Any thread.</summary>
    /// <returns>How many may be open from now on.</returns>
    public static int Raise()
    {
        if (!OperatingSystem.IsLinux() || GetLimit(OpenFiles, out Limit limit) != 0) return Usual;
        var raised = new Limit(limit.Hard, limit.Hard);
        if (limit.Soft < limit.Hard && SetLimit(OpenFiles, in raised) == 0) limit = raised;
        return (int)Math.Min(limit.Soft, int.MaxValue);
    }

    private readonly record struct Limit(ulong Soft, ulong Hard);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);
}
