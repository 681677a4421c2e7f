namespace Dna.Fast.Messenger;

/// <summary>A turn at the outbox for one recipient: what is known of it, and how it is kept. Disposing ends the turn.</summary>
internal abstract class OutboxTurn(OutboxState state) : IDisposable
{
    public OutboxState State => state;

    /// <summary>The value id of parts where another device of ours writes under the owner's; 0: nothing outlives this process, so what the network has of ours is taken over.</summary>
    public abstract ulong DeviceSlot { get; }

    /// <summary>Keeps the outbox, its numbers and the day.</summary>
    /// <param name="isDurable">True when it must be on the disk before anything is sent.</param>
    /// <exception cref="IOException">Not kept.</exception>
    /// <exception cref="UnauthorizedAccessException">Not kept.</exception>
    public abstract void SaveOutbox(bool isDurable);

    /// <summary>Keeps one part of the day.</summary>
    /// <exception cref="IOException">Not kept.</exception>
    /// <exception cref="UnauthorizedAccessException">Not kept.</exception>
    public abstract void SavePart(int part, bool isDurable);

    public abstract void Dispose();
}

/// <summary>Where outboxes are kept. Any thread.</summary>
internal interface IOutboxStore : IDisposable
{
    /// <summary>Waits for the turn at a recipient's outbox.</summary>
    /// <returns>Null when the deadline came first.</returns>
    /// <exception cref="IOException">What is kept cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">What is kept cannot be read.</exception>
    Task<OutboxTurn?> EnterAsync(string sender, string recipient, Deadline deadline, CancellationToken cancellation);

    /// <summary>Recipients for whom something may not be in the network.</summary>
    /// <exception cref="IOException">What is kept cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">What is kept cannot be read.</exception>
    IReadOnlyList<string> Pending();
}
