namespace Dna.Fast.Fuzz.Tests;

/// <summary>The fuzzer itself: it finds what there is to find, and its findings can be repeated.</summary>
public sealed class FuzzRunTests
{
    private static readonly byte[] Good = "good input"u8.ToArray();

    [Fact]
    public void An_exception_is_found_and_its_input_is_the_same_in_every_run()
    {
        FuzzTarget target = Target(input => input.Length > 12 ? throw new InvalidOperationException("too long") : true);
        FuzzReport report = new FuzzRun(target, 5).Run(0, 10_000, () => false);
        Assert.Contains("too long", report.Problem, StringComparison.Ordinal);
        Assert.True(report.Failed!.Length > 12);
        Assert.Equal(report.Failed, new FuzzRun(target, 5).Input(report.Inputs - 1));
        Assert.NotNull(new FuzzRun(target, 5).Run(report.Inputs - 1, 1, () => false).Failed);
        Assert.NotEqual(report.Failed, new FuzzRun(target, 6).Input(report.Inputs - 1));
    }

    [Fact]
    public void Allocating_beyond_the_bound_is_found()
    {
        // As a reader does that believes a count.
        FuzzTarget target = Target(input => new byte[input.Length > 0 && input[0] > 0x80 ? 100_000 : 10].Length > 0) with { AllocatedBase = 1000, AllocatedPerByte = 0 };
        Assert.Contains("allocate", new FuzzRun(target, 1).Run(0, 10_000, () => false).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_to_the_input_is_found()
    {
        FuzzTarget target = Target(input => input.Length > 0 && (input[0] ^= 1) != 0);
        Assert.Contains("wrote to its input", new FuzzRun(target, 1).Run(0, 10, () => false).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_an_input_is_noted_before_it_runs()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            (FileStream file, Action<long> note) = FuzzRun.Progress(path);
            using (file) new FuzzRun(Target(_ => true), 1) { Starting = note }.Run(40, 3, () => false);
            Assert.Equal([0, 0, 0, 0, 0, 0, 0, 42], File.ReadAllBytes(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static FuzzTarget Target(Func<byte[], bool> run) => new("test", FuzzFormat.Binary, [Good], run);
}
