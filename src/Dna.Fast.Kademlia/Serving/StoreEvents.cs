using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>What the store says on its own threads, handed to those it concerns: the node gives it to <see cref="IValueStore.Observe"/>.</summary>
public sealed class StoreEvents(NodeContext context, IReadOnlyList<Receiver> receivers) : IStoreObserver
{
    /// <inheritdoc />
    public void Committed()
    {
        for (int i = 0; i < receivers.Count; i++) receivers[i].NoteCommit();
    }

    /// <inheritdoc />
    public void Removed(in InfoHash key, ulong valueId, RemovalReason reason)
    {
        if (context.Listened.Contains(key)) context.Inbox.Changed(key, valueId, ValueChange.Gone);
    }
}
