using System.Runtime.Versioning;

namespace Dna.Fast.Metrics;

/// <summary>The process's own figures, by the names every exporter has for them, and the collector's.</summary>
internal static class ProcessMetrics
{
    public static void Write(PrometheusText text)
    {
        text.Gauge("process_resident_memory_bytes", "Resident memory.").Sample(Environment.WorkingSet);
        Environment.ProcessCpuUsage cpu = Environment.CpuUsage;
        text.Counter("process_cpu_seconds_total", "Processor time, user and system.").Sample(cpu.TotalTime.TotalSeconds);
        if (OperatingSystem.IsLinux()) text.Gauge("process_open_fds", "Open file descriptors.").Sample(Descriptors());
        text.Gauge("dna_managed_memory_bytes", "Memory of managed objects.").Sample(GC.GetTotalMemory(forceFullCollection: false));
        text.Counter("dna_allocated_bytes_total", "Bytes of managed objects made so far.").Sample(GC.GetTotalAllocatedBytes());
        text.Counter("dna_collections_total", "Garbage collections.").Sample(GC.CollectionCount(0));
    }

    [SupportedOSPlatform("linux")]
    private static int Descriptors()
    {
        try
        {
            return Directory.GetFileSystemEntries("/proc/self/fd").Length;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
