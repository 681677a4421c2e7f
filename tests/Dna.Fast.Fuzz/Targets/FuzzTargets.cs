namespace Dna.Fast.Fuzz.Targets;

/// <summary>Every parser of the project that reads what a stranger wrote, or a file that somebody else could have changed.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } = [.. WireTargets.All, .. IdentityTargets.All, .. RecordTargets.All, .. SealedRecordTargets.All, .. FileTargets.All, .. TextTargets.All, .. ProxyTargets.All];
}
