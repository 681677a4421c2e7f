namespace Dna.Fast.Kademlia.Serving;

/// <summary>Runs signature checks off the packet threads: a bounded queue and its threads (0 threads: checks run inline, for tests and the simulator).</summary>
public sealed class VerificationQueue : IDisposable
{
    public VerificationQueue(IValueVerifier verifier, int threads, int capacity = 4096, long bytesMax = 16 << 20) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
