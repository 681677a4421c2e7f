using System.Collections.Concurrent;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>What the node waits for: answers to its requests, pushes to its sockets. The packet threads ask it before they hold anything for a stranger.</summary>
/// <remarks>Any thread reads, lock-free; the owner thread writes.</remarks>
public sealed class ExpectedAnswers
{
    private readonly ConcurrentDictionary<(NodeAddress From, uint Transaction), byte> _answers = new();
    private readonly ConcurrentDictionary<uint, byte> _sockets = new();

    /// <summary>True when a request with this transaction is on its way to this address.</summary>
    public bool IsAnswer(in NodeAddress from, uint transaction) => _answers.ContainsKey((from, transaction));

    /// <summary>True when pushes to this socket id are for a subscription of ours.</summary>
    public bool IsSocket(uint socketId) => _sockets.ContainsKey(socketId);

    public void Add(in NodeAddress to, uint transaction) => _answers.TryAdd((to, transaction), 0);

    public void Remove(in NodeAddress to, uint transaction) => _answers.TryRemove((to, transaction), out _);

    public void AddSocket(uint socketId) => _sockets.TryAdd(socketId, 0);

    public void RemoveSocket(uint socketId) => _sockets.TryRemove(socketId, out _);
}
