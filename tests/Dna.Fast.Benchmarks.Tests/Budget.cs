using System.Text.Json;

namespace Dna.Fast.Benchmarks.Tests;

/// <summary><c>perf/budget.json</c>: bytes one operation of each benchmark may allocate on its own thread.</summary>
internal static class Budget
{
    public static readonly IReadOnlyDictionary<string, long> Bytes = Read();

    private static Dictionary<string, long> Read()
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "budget.json"));
        return JsonSerializer.Deserialize<Dictionary<string, long>>(file)!;
    }
}
