using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

public sealed class OneFileTests
{
    [Fact]
    public void The_published_program_is_one_file() =>
        Assert.Equal([DnaBinary.Path], Directory.GetFileSystemEntries(Path.GetDirectoryName(DnaBinary.Path)!));

    [Fact]
    public async Task It_runs_alone_in_an_empty_directory_with_libsodium_inside()
    {
        using var directory = new TestDirectory();
        string alone = directory.File("dna");
        File.Copy(DnaBinary.Path, alone);
        await using ChildProcess process = ChildProcess.Start(alone, ["--version"], DnaBinary.Install, directory.FullName);
        Assert.Equal(0, await process.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Matches(@"^dna \d+\.\d+\.\d+ \(libsodium 1\.0\.22\)$", Assert.Single(process.Output.Since(0)));
        Assert.Equal([alone], Directory.GetFileSystemEntries(directory.FullName));
    }
}
