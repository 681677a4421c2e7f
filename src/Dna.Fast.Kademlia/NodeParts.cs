using Dna.Fast.Kademlia.Store;

namespace Dna.Fast.Kademlia;

/// <summary>What a node is built from.</summary>
/// <param name="Store">Where values live. The node does not dispose it.</param>
/// <param name="Verifier">Checks signatures.</param>
/// <param name="Random">Makes one source of randomness per call; each serves one thread.</param>
/// <param name="Workers">Packet threads, at least 1. Worker 0 also owns the node.</param>
/// <param name="VerificationThreads">Threads for signatures; 0 checks inline (tests and the simulator).</param>
public sealed record NodeParts(IValueStore Store, IValueVerifier Verifier, Func<INodeRandom> Random, int Workers = 1, int VerificationThreads = 1);
