namespace Dna.Fast.Identity;

/// <summary>What came of reading the backup of a DHT identity.</summary>
public enum BackupStatus
{
    /// <summary>An identity was found.</summary>
    Found,

    /// <summary>There is no backup: no file, or the network answered that it has none.</summary>
    Absent,

    /// <summary>No node answered: whether there is a backup is not known.</summary>
    Unreachable,

    /// <summary>The deadline came first: whether there is a backup is not known.</summary>
    TimedOut,

    /// <summary>The system refused to read or write the file.</summary>
    Unreadable,

    /// <summary>There is something, but nothing of it opens with this user's keys.</summary>
    NotOurs,

    /// <summary>Something opens, but what it holds is no whole DHT identity.</summary>
    Damaged,
}

/// <summary>A DHT identity from a backup, or why there is none.</summary>
/// <param name="Identity">Not null exactly when Found; the caller disposes it.</param>
/// <param name="Message">For people: what is wrong and what to do; empty when all is well. With Found it may warn.</param>
/// <param name="Candidates">What was there, backup or not.</param>
/// <param name="Identities">Different identities among those that opened. More than one: an older device's, or somebody's who wants his own key taken for this user's.</param>
/// <param name="IsExpected">True when the identity is one of those the caller expected; false also when he expected none: then nothing proves that it is this user's.</param>
public sealed record BackupResult(BackupStatus Status, RsaIdentity? Identity, string Message, int Candidates, int Identities, bool IsExpected)
{
    internal static BackupResult Failed(BackupStatus status, string message, int candidates = 0) => new(status, null, message, candidates, 0, false);
}
