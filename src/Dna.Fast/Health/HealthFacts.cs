using Dna.Fast.Hosting.Traffic;

namespace Dna.Fast.Health;

/// <summary>What is known of one address family.</summary>
/// <param name="IsServed">We have a socket of it.</param>
/// <param name="Good">Good contacts now.</param>
/// <param name="GoodMost">Most good contacts at once since the start.</param>
internal readonly record struct FamilyFacts(bool IsServed, int Good, int GoodMost);

/// <summary>What the verdicts are computed from: numbers, read from the node at one moment.</summary>
internal sealed record HealthFacts
{
    public required FamilyFacts V4 { get; init; }

    public required FamilyFacts V6 { get; init; }

    /// <summary>Bootstrap entries, and nodes known from an earlier run: whether there is anybody to join.</summary>
    public required bool HasSomebodyToJoin { get; init; }

    /// <summary>The node was told to leave.</summary>
    public bool IsDraining { get; init; }

    /// <summary>The month's traffic.</summary>
    public TrafficFigures Traffic { get; init; }

    /// <summary>Since the node started.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>Requests of ours that were answered, and that ran out, within the last minute.</summary>
    public required long Answered { get; init; }

    public required long Expired { get; init; }

    /// <summary>The same within the last half minute.</summary>
    public required long AnsweredLately { get; init; }

    public required long ExpiredLately { get; init; }

    /// <summary>How long the slowest packet thread, and the owner's turn, have been silent.</summary>
    public required TimeSpan WorkerSilence { get; init; }

    public required TimeSpan OwnerSilence { get; init; }

    /// <summary>"ok", or what the store says of itself.</summary>
    public required string StoreHealth { get; init; }

    public required bool StoreIsStalled { get; init; }

    /// <summary>How long something appended has been waiting for its commit.</summary>
    public required TimeSpan Uncommitted { get; init; }

    /// <summary>How far the calendar clock went from the monotonic one within the last minutes: positive when it jumped ahead.</summary>
    public required TimeSpan ClockJump { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Bytes that are free where the data lives; negative: unknown.</summary>
    public required long DiskFree { get; init; }
}
