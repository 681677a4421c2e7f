using System.Diagnostics;
using System.Globalization;
using Dna.Fast.Simulation.Tests.World;
using Dna.Fast.Wire;

namespace Dna.Fast.Simulation.Tests;

/// <summary>A seed is a history: without that, a printed seed replays nothing.</summary>
public sealed class DeterminismTests
{
    /// <summary>Where the child process writes its trace hash; unset in an ordinary run.</summary>
    private const string TraceFileVariable = "DNA_SIM_TRACE_FILE";

    private const ulong Seed = 20_231_114;

    [Fact]
    public void The_same_seed_is_the_same_history() => Assert.Equal(History(Seed), History(Seed));

    [Fact]
    public void Another_seed_is_another_history() => Assert.NotEqual(History(Seed), History(Seed + 1));

    [Fact]
    public void Another_process_replays_the_history()
    {
        // String hashing is seeded anew in each process: what depends on it would differ here.
        string file = Path.Combine(Path.GetTempPath(), $"dna-sim-{Environment.ProcessId}.trace");
        try
        {
            ProcessStartInfo info = new(Environment.ProcessPath!, ChildArguments()) { RedirectStandardOutput = true };
            info.Environment[TraceFileVariable] = file;
            using Process child = Process.Start(info)!;
            string output = child.StandardOutput.ReadToEnd();
            Assert.True(child.WaitForExit(120_000), "the child does not end");
            Assert.True(File.Exists(file), output);
            Assert.Equal(History(Seed).ToString(CultureInfo.InvariantCulture), File.ReadAllText(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Child_of_the_replay_writes_its_trace()
    {
        ulong hash = History(Seed);
        if (Environment.GetEnvironmentVariable(TraceFileVariable) is { Length: > 0 } file) File.WriteAllText(file, hash.ToString(CultureInfo.InvariantCulture));
        Assert.NotEqual(0UL, hash);
    }

    [Fact]
    public void A_failure_names_the_seed_and_the_command_that_replays_it()
    {
        SimFailureException failure = Assert.Throws<SimFailureException>(() => Scenario.Run(77, SimOptions.Good, _ => throw new InvalidOperationException("canary")));
        Assert.Contains("canary", failure.Message);
        Assert.Contains("DNA_SIM_SEED=77", failure.Message);
        Assert.Contains(nameof(A_failure_names_the_seed_and_the_command_that_replays_it), failure.Message);
    }

    private static IEnumerable<string> ChildArguments()
    {
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") yield return typeof(DeterminismTests).Assembly.Location;
        yield return "--filter-method";
        yield return "*" + nameof(Child_of_the_replay_writes_its_trace);
    }

    private static ulong History(ulong seed) => Scenario.Run(seed, SimOptions.Bad, network =>
    {
        network.Grow(30, settleMs: 60_000);
        InfoHash key = network.NewId();
        network.Nodes[7].Listen(key);
        network.Run(5_000);
        network.PutAndWait(network.Nodes[3], key, SimValue.Pack(1, "once"));
        network.PutAndWait(network.Nodes[4], key, SimValue.PackSigned(2, "signed", "owner", 0), permanent: true);
        network.Run(700_000);
    });
}
