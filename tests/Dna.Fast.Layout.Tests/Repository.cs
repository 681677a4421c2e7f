using System.Diagnostics;
using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp;

namespace Dna.Fast.Layout.Tests;

/// <summary>One C# file of the project.</summary>
/// <param name="Path">From the root, with slashes: <c>src/Dna.Fast.Wire/InfoHash.cs</c>.</param>
internal sealed record SourceFile(string Path, string Text)
{
    public CSharpSyntaxTree Tree { get; } = (CSharpSyntaxTree)CSharpSyntaxTree.ParseText(Text);

    public string[] Lines { get; } = Text.Split('\n');
}

/// <summary>One project file, and which projects it names.</summary>
internal sealed record ProjectFile(string Path, IReadOnlyList<string> References)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);
}

/// <summary>The tree these tests look at: what git has or would take.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>All files that are committed or about to be, from the root, with slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    public static IReadOnlyList<SourceFile> Sources { get; } =
        [.. Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)).Select(file => new SourceFile(file, File.ReadAllText(Path.Combine(Root, file))))];

    public static IReadOnlyList<ProjectFile> Projects { get; } =
        [.. Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).Select(Read)];

    public static IEnumerable<SourceFile> Under(string folder) => Sources.Where(file => file.Path.StartsWith(folder, StringComparison.Ordinal));

    private static ProjectFile Read(string path)
    {
        XDocument project = XDocument.Load(Path.Combine(Root, path));
        IEnumerable<string> references = project.Descendants("ProjectReference").Select(reference => (string)reference.Attribute("Include")!);
        return new ProjectFile(path, [.. references.Select(reference => Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')))]);
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Dna.Fast.sln"))) return at.FullName;

        throw new InvalidOperationException("The tests run inside a clone of the project: Dna.Fast.sln was not found above " + AppContext.BaseDirectory);
    }

    private static List<string> ListFiles()
    {
        var info = new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard"]) { WorkingDirectory = Root, RedirectStandardOutput = true };
        using Process git = Process.Start(info)!;
        var files = new List<string>();
        while (git.StandardOutput.ReadLine() is { } file)
            if (File.Exists(Path.Combine(Root, file))) files.Add(file);

        git.WaitForExit();
        return git.ExitCode == 0 && files.Count > 0 ? files : throw new InvalidOperationException("git does not list the files of " + Root);
    }
}
