using Dna.Fast.Fuzz.Targets;

namespace Dna.Fast.Fuzz.Tests;

/// <summary>Every target with a fixed number of fixed inputs: what <c>tools/fuzz</c> looks for all night, a minute of it.</summary>
public sealed class FuzzTargetTests
{
    private const int Seed = 1;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Pain_33_no_input_breaks_a_promise(string name)
    {
        FuzzTarget target = Find(name);
        FuzzReport report = new FuzzRun(target, Seed).Run(0, target.TestInputs, () => false);
        Assert.True(report.Failed is null, $"{name}: {report.Problem}; again: tools/fuzz {name} --seed {Seed} --from {report.Inputs - 1} --count 1");
        Assert.Equal(target.TestInputs, report.Inputs);
        // Mutations that never survive, or always do, would test one branch only.
        Assert.True(report.Accepted < report.Inputs, $"{name}: everything was accepted");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_seed_is_accepted(string name)
    {
        FuzzTarget target = Find(name);
        Assert.NotEmpty(target.Seeds);
        Assert.All(target.Seeds, seed =>
        {
            Assert.Null(new FuzzRun(target, Seed).Check(seed, out bool isAccepted));
            Assert.True(isAccepted);
        });
    }

    private static FuzzTarget Find(string name) => FuzzTargets.All.Single(target => target.Name == name);
}
