using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Dna.Fast.Benchmarks.Tests;

/// <summary>No benchmark allocates more than <c>perf/budget.json</c> allows. Times are shown, never judged.</summary>
public sealed class BudgetTests(ITestOutputHelper output)
{
    private static readonly IReadOnlyDictionary<string, MethodInfo> Benchmarks =
        BenchmarkCase.In(typeof(MessageBenchmarks).Assembly).ToDictionary(BenchmarkCase.NameOf);

    /// <summary>A scan, a recovery, the import of an owner's key off the packet threads and what keys of ours do are no queries. What FASTER allocates for a read from the disk and for a commit is out of our hands.</summary>
    private static readonly string[] MayAllocate =
        ["StoreBenchmarks.Scan", "StoreBenchmarks.Recover", "DurablePutBenchmarks.PutBatch", "ColdStoreBenchmarks.GetFromDisk", "SignatureBenchmarks.VerifyNewOwner", "SignatureBenchmarks.SignValue",
        .. Benchmarks.Keys.Where(name => name.StartsWith(nameof(SuiteBenchmarks), StringComparison.Ordinal))];

    public static TheoryData<string> Names => [.. Benchmarks.Keys.Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Operation_keeps_within_its_budget(string name)
    {
        Assert.True(Budget.Bytes.TryGetValue(name, out long budget), $"perf/budget.json says nothing of {name}");
        foreach (object[] choice in BenchmarkCase.ChoicesOf(Benchmarks[name].DeclaringType!))
        {
            using var benchmark = new BenchmarkCase(Benchmarks[name], choice);
            AllocationCheck check = AllocationCheck.Run(benchmark, budget);
            string line = FormattableString.Invariant(
                $"{name}({string.Join(", ", choice)}): {check.Bytes:0.#} of {budget} bytes an operation, {check.Nanoseconds:0} ns a call");
            output.WriteLine(line);
            Assert.True(check.Bytes <= budget, line);
        }
    }

    [Fact]
    public void Every_budget_has_a_benchmark() => Assert.Empty(Budget.Bytes.Keys.Except(Benchmarks.Keys));

    [Fact]
    public void Every_benchmark_has_a_budget() => Assert.Empty(Benchmarks.Keys.Except(Budget.Bytes.Keys));

    [Fact]
    public void Nothing_on_the_way_of_a_query_may_allocate() =>
        Assert.Empty(Budget.Bytes.Where(b => b.Value > 0).Select(b => b.Key).Except(MayAllocate));

    [Fact]
    public void What_allocates_is_found_out_whatever_its_parameter_and_however_seldom()
    {
        MethodInfo method = Assert.Single(BenchmarkCase.In(typeof(BudgetTests).Assembly));
        double[] found = [.. BenchmarkCase.ChoicesOf(method.DeclaringType!).Select(Check)];
        Assert.Equal(2, found.Length);

        // An array of 100 bytes has 124 to 128 with its header, in each of two operations of a call, or in every second call only.
        Assert.InRange(found[0], 62, 64);
        Assert.InRange(found[1], 31, 32);

        double Check(object[] choice)
        {
            using var benchmark = new BenchmarkCase(method, choice);
            return AllocationCheck.Run(benchmark, 0).Bytes;
        }
    }

    /// <summary>Allocates 100 bytes in every so many calls.</summary>
    public class Wasteful
    {
        private int _calls;
        private byte[] _kept = [];

        [Params(1, 2, 1_000_000)]
        public int Every { get; set; }

        [Benchmark(OperationsPerInvoke = 2)]
        public int Run()
        {
            if (_calls++ % Every == 0) _kept = new byte[100];
            return _kept.Length;
        }
    }
}
