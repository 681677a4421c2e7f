using System.Collections.Concurrent;

namespace Dna.Fast.Messenger;

/// <summary>Outboxes in memory, forgotten at the end.</summary>
internal sealed class MemoryOutboxStore : IOutboxStore
{
    private readonly KeyLocks _locks = new();
    private readonly ConcurrentDictionary<(string Sender, string Recipient), OutboxState> _states = new();

    public async Task<OutboxTurn?> EnterAsync(string sender, string recipient, Deadline deadline, CancellationToken cancellation)
    {
        IDisposable? turn = await _locks.EnterAsync(recipient, deadline, cancellation).ConfigureAwait(false);
        return turn is null ? null : new Turn(_states.GetOrAdd((sender, recipient), _ => new OutboxState()), turn);
    }

    public IReadOnlyList<string> Pending() => [];

    public void Dispose() => _locks.Dispose();

    private sealed class Turn(OutboxState state, IDisposable turn) : OutboxTurn(state)
    {
        public override ulong DeviceSlot => 0;

        public override void SaveOutbox(bool isDurable)
        {
            // Nothing outlives this process.
        }

        public override void SavePart(int part, bool isDurable)
        {
            // Nothing outlives this process.
        }

        public override void Dispose() => turn.Dispose();
    }
}
