namespace Dna.Fast.LoadGen.Load;

/// <summary>The times of one phase, in nanoseconds of <see cref="Clock"/>.</summary>
/// <param name="FromNs">From here on is measured; before is warm-up.</param>
/// <param name="ToNs">Nothing is measured or sent from here on.</param>
/// <param name="DrainNs">How long open requests are waited for after that, at most.</param>
internal readonly record struct Window(long FromNs, long ToNs, long DrainNs)
{
    /// <summary>A phase in which nothing is measured.</summary>
    public static Window Unmeasured(long toNs) => new(long.MaxValue, toNs, 0);

    public bool Contains(long timeNs) => timeNs >= FromNs && timeNs < ToNs;
}
