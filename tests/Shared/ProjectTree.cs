namespace Dna.Fast.Tests.Shared;

/// <summary>The clone these tests run in.</summary>
internal static class ProjectTree
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Dna.Fast.sln"))) return at.FullName;

        throw new InvalidOperationException("The tests run inside a clone of the project: Dna.Fast.sln was not found above " + AppContext.BaseDirectory);
    }
}
