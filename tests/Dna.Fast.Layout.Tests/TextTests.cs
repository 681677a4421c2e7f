using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dna.Fast.Layout.Tests;

/// <summary>What must not be written into the project.</summary>
public sealed partial class TextTests
{
    [Fact]
    public void No_documentation_tag_is_empty()
    {
        IEnumerable<string> hollow = Repository.Sources.SelectMany(
            file => file.Lines.Select((line, i) => (line, i)).Where(entry => EmptyTag().IsMatch(entry.line)).Select(entry => $"{file.Path}:{entry.i + 1}"));
        Assert.Empty(hollow);
    }

    [Fact]
    public void Nothing_in_src_is_left_to_be_written() =>
        Assert.Empty(Repository.Under("src/").Where(file => file.Text.Contains("NotImplementedException", StringComparison.Ordinal)).Select(file => file.Path));

    [Fact]
    public void No_path_of_a_developers_machine_is_in_the_project()
    {
        IEnumerable<string> paths = TextFiles().SelectMany(
            file => File.ReadLines(Path.Combine(Repository.Root, file)).Where(line => MachinePath().IsMatch(line)).Select(line => $"{file}: {line.Trim()}"));
        Assert.Empty(paths);
    }

    [Fact]
    public void The_core_asks_no_clock_no_chance_and_waits_for_nothing()
    {
        // The compiler refuses them too (src/BannedSymbols.txt); this one says so when the compiler's list is emptied.
        string[] banned = ["DateTime.UtcNow", "DateTime.Now", "DateTimeOffset.UtcNow", "Stopwatch", "TickCount", "Random.Shared", "Guid.NewGuid", "Task.Delay", "Task.Run", "Thread.Sleep"];
        IEnumerable<string> found =
            from file in Repository.Under("src/Dna.Fast.Wire/").Concat(Repository.Under("src/Dna.Fast.Kademlia/"))
            from access in file.Tree.GetRoot().DescendantNodes().OfType<MemberAccessExpressionSyntax>()
            from name in banned
            where access.ToString().Contains(name, StringComparison.Ordinal)
            select $"{file.Path}: {access}";
        Assert.Empty(found.Distinct());
    }

    [Fact]
    public void Unsafe_code_is_in_files_that_argue_for_it()
    {
        IEnumerable<string> silent = Repository.Under("src/")
            .Where(file => file.Tree.GetRoot().DescendantTokens().Any(token => token.IsKind(SyntaxKind.UnsafeKeyword)))
            .Where(file => !SafetyArgument().IsMatch(file.Text))
            .Select(file => file.Path);
        Assert.Empty(silent);
    }

    [Fact]
    public void Event_ids_of_the_log_are_unique()
    {
        int[] ids = [.. Repository.Under("src/").SelectMany(file => EventId().Matches(file.Text)).Select(match => int.Parse(match.Groups[1].Value))];
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct().Count(), ids.Length);
    }

    [Fact]
    public void Scripts_can_be_run()
    {
        foreach (string script in (string[])["tools/build", "tools/run", "tools/test", ".ci/run"])
        {
            Assert.Contains(script, Repository.Files);
            if (!OperatingSystem.IsWindows()) Assert.True(File.GetUnixFileMode(Path.Combine(Repository.Root, script)).HasFlag(UnixFileMode.UserExecute), script);
        }
    }

    private static IEnumerable<string> TextFiles()
    {
        string[] endings = [".cs", ".csproj", ".props", ".md", ".sh", ".yml", ".json", ".txt", ".py", ".editorconfig"];
        return Repository.Files.Where(file =>
            endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal))
            || file.StartsWith("tools/", StringComparison.Ordinal) || file.StartsWith(".ci/", StringComparison.Ordinal))
            .Where(file => !file.EndsWith(".lock.json", StringComparison.Ordinal) && !file.EndsWith("TextTests.cs", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"<(summary|remarks|returns|param[^>]*|typeparam[^>]*|exception[^>]*)>\s*</\w+>|<(summary|remarks|returns)\s*/>")]
    private static partial Regex EmptyTag();

    // Home folders, work folders and drive letters of one machine; not the places every Linux has.
    [GeneratedRegex("(^|[\\s\"'`(=])(/home/|/root/|/work/|/Users/|[A-Z]:\\\\)")]
    private static partial Regex MachinePath();

    // A comment that speaks of safety; the keyword itself is no argument.
    [GeneratedRegex(@"(?im)^\s*//.*\b(un)?safe(ty|ly)?\b")]
    private static partial Regex SafetyArgument();

    [GeneratedRegex(@"\[LoggerMessage\((\d+),")]
    private static partial Regex EventId();
}
