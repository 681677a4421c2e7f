using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>How a put ended.</summary>
/// <param name="Acknowledged">Nodes that said they took it.</param>
/// <param name="Asked">Nodes it was sent to.</param>
/// <param name="Reachable">False when no node answered at all: the network is unreachable.</param>
/// <param name="WasRefused">True when it was not sent because it would put an ownerless value over a signed one, which crashes stock nodes.</param>
/// <param name="NewerExists">True when a node, or our own store, holds a newer version of the same owner's, or another one with the same seq: readers keep to that one.</param>
public readonly record struct PutOutcome(int Acknowledged, int Asked, bool Reachable, bool WasRefused = false, bool NewerExists = false);

/// <summary>How a get ended.</summary>
/// <param name="Answered">Nodes that answered.</param>
/// <param name="Reachable">False when none did: absent and unreachable are different answers.</param>
public readonly record struct GetOutcome(int Answered, bool Reachable);

/// <summary>A value as a get or a listen hands it over.</summary>
/// <param name="Packed">Packed value; owned by the receiver.</param>
/// <param name="From">A node that sent it; <c>default</c> when only our own store has it.</param>
public readonly record struct FoundValue(ReadOnlyMemory<byte> Packed, NodeAddress From);

/// <summary>What a listener is told.</summary>
/// <param name="Packed">The packed value; with <see cref="ValueChange.Gone"/> the last version that was told, so that its owner is known.</param>
public readonly record struct ListenEvent(ValueChange Change, ulong ValueId, ReadOnlyMemory<byte> Packed);

/// <summary>A running operation of ours. Any thread may cancel it; cancelling twice does nothing.</summary>
public interface IOperation
{
    void Cancel();
}
