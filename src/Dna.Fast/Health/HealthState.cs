namespace Dna.Fast.Health;

/// <summary>How well one thing is. The numbers are what the metric <c>dna_health_check</c> says.</summary>
internal enum HealthState : byte
{
    Ok = 0,

    /// <summary>The node serves; somebody should look.</summary>
    Warning = 1,

    /// <summary>The node does not do its work.</summary>
    Failing = 2,
}

/// <summary>One check's verdict.</summary>
/// <param name="Name">Lower case with underscores; a name of <see cref="HealthRules.Names"/>.</param>
/// <param name="Reason">What is so, in one sentence without its full stop.</param>
/// <param name="Hint">What to do; empty when all is well.</param>
internal sealed record HealthCheck(string Name, HealthState State, string Reason, string Hint);
