using System.Diagnostics;

namespace Dna.Fast.Net.Tests.Kit;

internal static class Wait
{
    /// <summary>Waits for a condition that has no event of its own (a counter), bounded.</summary>
    public static void Until(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > TestClient.Patience) throw new TimeoutException(what);
            Thread.Yield();
        }
    }
}
