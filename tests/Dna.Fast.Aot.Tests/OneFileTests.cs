using System.Text;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Aot.Tests;

public sealed class OneFileTests
{
    /// <summary>The load generator is another program; whoever measured here has it in the same directory.</summary>
    [Fact]
    public void The_published_program_is_one_file() => Assert.Equal(
        [DnaBinary.Path], Directory.GetFileSystemEntries(Path.GetDirectoryName(DnaBinary.Path)!).Where(f => Path.GetFileName(f) != "dna-load"));

    /// <summary>FASTER roots it, and it is 6 MB that the store never reaches: src/Dna.Fast/FasterSubstitutions.xml cuts it out.</summary>
    [Theory]
    [InlineData("DataContractSerializer")]
    [InlineData("XmlObjectSerializer")]
    public async Task The_data_contract_serializer_does_not_travel_along(string name)
    {
        byte[] program = await File.ReadAllBytesAsync(DnaBinary.Path);
        Assert.Equal(-1, program.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)));
        Assert.Equal(-1, program.AsSpan().IndexOf(Encoding.Unicode.GetBytes(name)));

        // Names of types are in the program as such: one that is there is found.
        Assert.NotEqual(-1, program.AsSpan().IndexOf("FasterValueStore"u8));
    }

    [Fact]
    public async Task It_runs_alone_in_an_empty_directory_with_libsodium_inside()
    {
        using var directory = new TestDirectory();
        string alone = directory.File("dna");
        // Not File.Copy: a child that another test starts at this moment would hold the open copy, and a file open for writing cannot be run.
        using (var copy = System.Diagnostics.Process.Start("/bin/cp", [DnaBinary.Path, alone])) await copy.WaitForExitAsync();
        await using ChildProcess process = ChildProcess.Start("/bin/sh", ["-c", $"cd '{directory.FullName}' && exec ./dna --version"], DnaBinary.Install);
        Assert.Equal(0, await process.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Matches(@"^dna \d+\.\d+\.\d+ \(libsodium 1\.0\.22\)$", Assert.Single(process.Output.Since(0)));
        Assert.Equal([alone], Directory.GetFileSystemEntries(directory.FullName));
    }
}
