using Dna.Fast.LoadGen.Compare;

namespace Dna.Fast.LoadGen.Scale;

/// <summary>What many values cost a node; its JSON form is in perf/results.</summary>
/// <param name="Values">Values stored in the large store, one under each key.</param>
/// <param name="FewValues">Values in the small store beside it.</param>
/// <param name="ValueBytes">Data bytes of each.</param>
internal sealed record ScaleResult(string StartedAt, MachineInfo Machine, string Command, uint Values, uint FewValues, int ValueBytes, double Skew,
    StartFigures Starts, MemoryFigures Memory, GetFigures Gets, RecoveryFigures Recoveries)
{
    /// <summary>Puts a second while the large store was filled, acknowledged when on the disk.</summary>
    public required double FillPerSecond { get; init; }
}

/// <summary>From the start of the process to its first answer, in milliseconds.</summary>
/// <param name="First">In an empty directory.</param>
/// <param name="Again">In the directory of an earlier start.</param>
internal sealed record StartFigures(int Count, Spread First, Spread Again);

/// <summary>Resident memory of the process, in bytes.</summary>
/// <param name="Idle">After its first answers, without values.</param>
/// <param name="Filled">With all values put.</param>
/// <param name="Read">After the gets.</param>
/// <param name="Growth">From idle to the larger of both.</param>
internal sealed record MemoryFigures(long Idle, long Filled, long Read, long Growth);

/// <summary>Gets by Zipf's law. CPU time of the server in microseconds a reply.</summary>
/// <param name="Ratio">Many over few, round by round.</param>
internal sealed record GetFigures(int Rounds, Spread FewCpuUs, Spread ManyCpuUs, Spread Ratio, Spread FewPerSecond, Spread ManyPerSecond, long Wrong, long Lost, long Requests);

/// <summary>SIGKILL while a closed loop of puts runs, then a start in the same directory. Milliseconds from that start.</summary>
/// <param name="FirstAnswer">Until a ping is answered.</param>
/// <param name="FirstGet">Until a value stored long before is read, every byte checked; asking for a token included.</param>
/// <param name="PutsBefore">Puts acknowledged before the kill.</param>
/// <param name="ReadBack">Of these, the last before each kill that were read back, every byte checked; all were there.</param>
internal sealed record RecoveryFigures(int Count, Spread FirstAnswer, Spread FirstGet, Spread PutsBefore, int ReadBack);
