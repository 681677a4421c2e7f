namespace Dna.Fast.Settings;

/// <summary>Where a node keeps its state when nobody says: <c>$XDG_STATE_HOME/dna</c>, else <c>~/.local/state/dna</c> (XDG base directories).</summary>
internal static class DefaultDirectory
{
    public static string Path { get; } = Choose(Environment.GetEnvironmentVariable("XDG_STATE_HOME"), Environment.GetEnvironmentVariable("HOME"));

    /// <param name="state">XDG_STATE_HOME; ignored unless absolute, as the standard says.</param>
    /// <param name="home">HOME; without it, the working directory.</param>
    public static string Choose(string? state, string? home)
    {
        if (!string.IsNullOrEmpty(state) && System.IO.Path.IsPathRooted(state)) return System.IO.Path.Combine(state, "dna");
        return string.IsNullOrEmpty(home) ? "data" : System.IO.Path.Combine(home, ".local", "state", "dna");
    }
}
