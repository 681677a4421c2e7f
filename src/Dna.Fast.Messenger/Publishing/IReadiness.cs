namespace Dna.Fast.Messenger;

/// <summary>Whether a node knows enough others to be asked. Any thread.</summary>
public interface IReadiness
{
    /// <summary>True while it does.</summary>
    bool IsReady { get; }

    /// <summary>Ends when it does: an event, not a pause.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task WhenReadyAsync(CancellationToken cancellation = default);
}
