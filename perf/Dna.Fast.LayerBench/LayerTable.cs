using System.Globalization;
using System.Text;

namespace Dna.Fast.LayerBench;

/// <summary>The results as a table of perf/README.md.</summary>
internal sealed class LayerTable
{
    private readonly StringBuilder _text = new();

    /// <param name="loadBefore">The machine's load average before the run.</param>
    public LayerTable(double loadBefore, int runs, int clients)
    {
        if (loadBefore > 0.5) Add($"**The machine was busy (load average {Number(loadBefore)}): these figures say little.**\n");
        Add($"Measured {DateTime.UtcNow:yyyy-MM-dd} on {Environment.ProcessorCount} cores, load average {Number(loadBefore)} before: one node and {clients} clients, each a node of its own, in one process; {runs} runs. Medians, with minimum and maximum in brackets.\n");
        Add("| step | target | measured | CPU | the original | ML-DSA sign | ML-DSA verify | seal | open | RSA-4096 verify | |\n|---|---|---|---|---|---|---|---|---|---|---|");
    }

    /// <param name="target">Milliseconds.</param>
    public void AddStep(string name, double target, string original, IReadOnlyList<StepRun> runs)
    {
        double[] all = [.. runs.Select(run => run.Milliseconds).Order()];
        double median = all[all.Length / 2];
        double[] cpu = [.. runs.Select(run => run.CpuMilliseconds).Order()];
        string parts = string.Join(" | ", Enum.GetValues<CryptoPart>().Select(part => Part(runs, part)));
        Add($"| {name} | ≤ {Number(target)} ms | {Number(median)} ({Number(all[0])} to {Number(all[^1])}) ms | {Number(cpu[cpu.Length / 2])} ms | {original} | {parts} | {(median <= target ? "met" : "**missed**")} |");
    }

    public void AddUnits(IEnumerable<(string Part, double Milliseconds)> units)
    {
        Add("\nOne of each by itself:\n\n| part | ms |\n|---|---|");
        foreach ((string part, double milliseconds) in units) Add($"| {part} | {Number(milliseconds)} |");
    }

    public override string ToString() => _text.ToString();

    /// <summary>Puts a table between its marks in a README; everything else stays.</summary>
    public static void Replace(string file, string table)
    {
        const string begin = "<!-- layer: written by tools/bench-layer -->\n", end = "<!-- end of layer -->";
        string text = File.ReadAllText(file);
        int from = text.IndexOf(begin, StringComparison.Ordinal), until = text.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || until < from) throw new InvalidOperationException($"{file} has no place for the table");
        File.WriteAllText(file, text[..(from + begin.Length)] + table + text[until..]);
    }

    private static string Part(IReadOnlyList<StepRun> runs, CryptoPart part)
    {
        (int Count, double Milliseconds)[] all = [.. runs.Select(run => run.Parts[part]).OrderBy(one => one.Milliseconds)];
        (int count, double milliseconds) = all[all.Length / 2];
        return count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{count}: {Number(milliseconds)}");
    }

    private static string Number(double value) => value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private void Add(string line) => _text.Append(line).Append('\n');
}
