using Dna.Fast.LoadGen.Measure;

namespace Dna.Fast.LoadGen.Load;

/// <summary>All counters at one moment.</summary>
internal readonly record struct Sample(long AtNs, KernelCounters Kernel, long DatagramsOut, long DatagramsIn, long OwnCpuNs,
    ProcessSample Server, bool HasServer)
{
    // TimeSpan counts in 100 nanoseconds.
    private const long NsPerTick = 100;

    public static Sample Take(IReadOnlyList<Meter> meters, int serverPid)
    {
        bool hasServer = ProcessSample.TryRead(serverPid, out ProcessSample server);
        long cpuNs = Environment.CpuUsage.TotalTime.Ticks * NsPerTick;
        long at = Clock.NowNs();

        // Reading /proc takes a while on a busy machine: our own counters are taken as they were in the middle of it.
        long outBefore = Out(meters), inBefore = In(meters);
        KernelCounters kernel = KernelCounters.Read();
        return new Sample(at, kernel, (outBefore + Out(meters)) / 2, (inBefore + In(meters)) / 2, cpuNs, server, hasServer);
    }

    private static long Out(IReadOnlyList<Meter> meters) => meters.Sum(m => Volatile.Read(ref m.DatagramsOut));

    private static long In(IReadOnlyList<Meter> meters) => meters.Sum(m => Volatile.Read(ref m.DatagramsIn));
}
