namespace Dna.Fast.Net;

/// <summary>How opening the sockets ended.</summary>
public enum OpenStatus : byte
{
    /// <summary>All sockets are bound.</summary>
    Opened,

    /// <summary>Another socket holds the address and port.</summary>
    AddressInUse,

    /// <summary>The system forbids it, for example a port below 1024.</summary>
    NotPermitted,

    /// <summary>The host does not have the address.</summary>
    AddressNotAvailable,

    /// <summary>The host does not have the address's family.</summary>
    FamilyMissing,

    /// <summary>Anything else; the message has the system's words.</summary>
    Failed,
}

/// <param name="Status">How it ended.</param>
/// <param name="Message">For people: what could not be opened and why. Empty when opened.</param>
/// <param name="Group">The workers, not started yet; null unless opened.</param>
public sealed record OpenResult(OpenStatus Status, string Message, WorkerGroup? Group);
