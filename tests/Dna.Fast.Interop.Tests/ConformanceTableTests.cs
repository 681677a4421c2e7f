using System.Globalization;
using System.Text.RegularExpressions;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Interop.Tests;

/// <summary>tests/README.md promises a test for each check of the wire specification, section 11: here the promise is kept.</summary>
public sealed partial class ConformanceTableTests
{
    private static readonly string Tests = Path.Combine(Repository.Root, "tests");

    [Fact]
    public void Every_item_is_in_the_table()
    {
        IEnumerable<int> items = Rows().Select(row => int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 44), items);
    }

    [Fact]
    public void Every_test_in_the_table_exists()
    {
        HashSet<string> tests = AllTests();
        foreach (Match row in Rows())
        {
            List<string> named = Name().Matches(row.Groups[2].Value).Select(name => name.Groups[1].Value).ToList();
            Assert.NotEmpty(named);
            Assert.All(named, name => Assert.Contains(name, tests));
        }
    }

    [Fact]
    public void Every_test_in_the_table_of_the_proxy_exists()
    {
        HashSet<string> tests = AllTests();
        string[] rows = [.. File.ReadLines(Path.Combine(Tests, "README.md")).SkipWhile(line => line != "## The REST proxy").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))];
        string[] named = [.. rows.SelectMany(row => Name().Matches(row)).Select(name => name.Groups[1].Value)];
        // Section 9.5 has nine rows.
        Assert.True(named.Length > 9);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    private static HashSet<string> AllTests() => Directory.EnumerateFiles(Tests, "*Tests.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .SelectMany(NamesIn)
        .ToHashSet();

    private static IReadOnlyList<Match> Rows() =>
        [.. File.ReadLines(Path.Combine(Tests, "README.md")).Select(line => Row().Match(line)).Where(match => match.Success)];

    /// <summary>The test methods of a file, as <c>Class.Method</c>: a file of tests holds one class of its own name.</summary>
    private static IEnumerable<string> NamesIn(string file) =>
        Method().Matches(File.ReadAllText(file)).Select(method => $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups[1].Value}");

    [GeneratedRegex(@"^\| (\d+) \|[^|]*\|([^|]*)\|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"`([A-Za-z0-9]+\.[A-Za-z0-9_]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\[(?:Fact|Theory)[^\n]*\n(?:\s*\[[^\n]*\n)*\s*public (?:async )?(?:void|Task) (\w+)\(")]
    private static partial Regex Method();
}
