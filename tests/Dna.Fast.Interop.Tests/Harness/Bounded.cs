using System.Diagnostics;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>Waiting for something another process does and tells nobody: asked again and again, with an end.</summary>
internal static class Bounded
{
    /// <summary>Between two questions. It is no synchronisation: the next question decides.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan timeout, string what)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > timeout) Assert.Fail($"{what}: not within {timeout.TotalSeconds:0} s.");
            await Task.Delay(Pause);
        }
    }
}
