using System.Globalization;
using System.Text;

namespace Dna.Fast.LoadGen.Compare;

/// <summary>Where it was measured.</summary>
/// <param name="LoadAverage">Of the last minute, before the measurement began.</param>
internal sealed record MachineInfo(string Processor, int Cores, string Kernel, string System, double LoadAverage = 0)
{
    /// <summary>A load average above this says that other programs are part of what is measured.</summary>
    private const double BusyLoad = 0.5;

    public static MachineInfo Read()
    {
        string processor = Line("/proc/cpuinfo", "model name") ?? "unknown processor";
        int cores = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").Count(l => l.StartsWith("processor", StringComparison.Ordinal)) : 0;
        return new MachineInfo(processor, Math.Max(cores, Environment.ProcessorCount), Environment.OSVersion.Version.ToString(),
            Line("/etc/os-release", "PRETTY_NAME") ?? "Linux", ReadLoad());
    }

    /// <summary>The first words of a table: when, where, and a warning when the machine had other things to do.</summary>
    public string Introduction(string startedAt)
    {
        var text = new StringBuilder();
        if (LoadAverage > BusyLoad)
        {
            text.Append(CultureInfo.InvariantCulture, $"**The machine was busy (load average {LoadAverage:0.0}): these figures say little.**\n\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"Measured {startedAt} on {Processor}, {Cores} cores, {System}, Linux {Kernel}, load average {LoadAverage:0.00} before: ");
        return text.ToString();
    }

    private static double ReadLoad() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    private static string? Line(string path, string name)
    {
        if (!File.Exists(path)) return null;
        string? line = File.ReadLines(path).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line?[(line.IndexOfAny([':', '=']) + 1)..].Trim().Trim('"');
    }
}
