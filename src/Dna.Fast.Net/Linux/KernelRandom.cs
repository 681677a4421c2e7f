using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Dna.Fast.Net.Linux;

/// <summary>The kernel's random bytes (<c>getrandom</c>). Any thread.</summary>
/// <remarks>Unsafe code: the kernel writes into a pinned span, at most as many bytes as are left of it.</remarks>
[SupportedOSPlatform("linux")]
internal static unsafe class KernelRandom
{
    /// <summary>Fills a span; waits only in the first moments of a machine's life, until its generator is seeded.</summary>
    /// <exception cref="Win32Exception">The kernel has none to give: an old kernel, or a filter of system calls forbids it.</exception>
    public static void Fill(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                nint count = LibC.GetRandom(start + done, (nuint)(bytes.Length - done), flags: 0);
                if (count >= 0) done += (int)count;
                else if (Marshal.GetLastPInvokeError() != LibC.ErrorInterrupted) throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }
    }
}
