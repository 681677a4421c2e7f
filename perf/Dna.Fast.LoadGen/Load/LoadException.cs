namespace Dna.Fast.LoadGen.Load;

/// <summary>Exit codes, the same as those of <c>dna</c>.</summary>
internal static class ExitCode
{
    public const int Ok = 0, Failed = 1, Usage = 2, Unreachable = 5;
}

/// <summary>A run that cannot go on: what happened, and what to do about it.</summary>
internal sealed class LoadException(int exitCode, string what, string advice) : Exception(what)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>What the user can do.</summary>
    public string Advice { get; } = advice;

    public static LoadException Usage(string what, string advice) => new(Load.ExitCode.Usage, what, advice);
}
