using System.Collections.Concurrent;

namespace Dna.Fast.Messenger;

/// <summary>Outboxes in memory, forgotten at the end.</summary>
internal sealed class MemoryOutboxStore : IOutboxStore
{
    private readonly KeyLocks _locks = new();
    private readonly ConcurrentDictionary<(string Sender, string Recipient), OutboxState> _states = new();

    // As each turn left it: a state is looked at by whose turn it is.
    private readonly ConcurrentDictionary<(string Sender, string Recipient), bool> _pending = new();

    public async Task<OutboxTurn?> EnterAsync(string sender, string recipient, Deadline deadline, CancellationToken cancellation)
    {
        IDisposable? turn = await _locks.EnterAsync(recipient, deadline, cancellation).ConfigureAwait(false);
        return turn is null ? null : new Turn(_states.GetOrAdd((sender, recipient), _ => new OutboxState()), isPending => Note((sender, recipient), isPending), turn);
    }

    public IReadOnlyList<string> Pending() => [.. _pending.Keys.Select(key => key.Recipient).Distinct()];

    public void Dispose() => _locks.Dispose();

    private void Note((string Sender, string Recipient) key, bool isPending)
    {
        if (isPending) _pending[key] = true;
        else _pending.TryRemove(key, out _);
    }

    private sealed class Turn(OutboxState state, Action<bool> note, IDisposable turn) : OutboxTurn(state)
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

        public override void Dispose()
        {
            note(State.IsAnyPending);
            turn.Dispose();
        }
    }
}
