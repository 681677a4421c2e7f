namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>A directory of a test's own, gone when the test is.</summary>
internal sealed class TestDirectory : IDisposable
{
    public TestDirectory() => FullName = Directory.CreateTempSubdirectory("dna-interop-").FullName;

    public string FullName { get; }

    public string File(string name) => Path.Combine(FullName, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(FullName, recursive: true);
        }
        catch (IOException)
        {
            // A process that is still ending may write once more; the system's temporary directory is cleaned anyway.
        }
    }
}

/// <summary>Where the project lies.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Dna.Fast.sln"))) return at.FullName;

        throw new InvalidOperationException("The tests run inside a clone of the project: Dna.Fast.sln was not found above " + AppContext.BaseDirectory);
    }
}
