namespace Dna.Fast.Kademlia.Tests;

/// <summary>Measures what code allocates once it runs warm.</summary>
internal static class Allocation
{
    private const int Rounds = 10;
    private const int TurnsPerRound = 1000;

    /// <summary>Bytes that the quietest of ten rounds of a thousand turns allocated on this thread.</summary>
    /// <remarks>The runtime itself allocates a little on a thread whose code it is just replacing by better code; code that allocates does so in every round.</remarks>
    public static long PerThousand(Action turn)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < TurnsPerRound; i++) turn();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
