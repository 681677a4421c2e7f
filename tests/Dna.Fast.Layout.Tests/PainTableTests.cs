using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dna.Fast.Layout.Tests;

/// <summary>tests/README.md says which test keeps which pain of the original away: here is made sure that those tests exist, and bear the number of their row.</summary>
public sealed partial class PainTableTests
{
    private const int Pains = 47;

    /// <summary>Rows that only the operators' tools can keep away, and rows whose part is not there yet.</summary>
    private static readonly Dictionary<int, string> WithoutTestOfTheirNumber = new()
    {
    };

    private static readonly HashSet<string> Tests =
    [
        .. from file in Repository.Under("tests/")
           from type in file.Tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
           from method in type.Members.OfType<MethodDeclarationSyntax>()
           where method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Fact" or "Theory")
           select $"{type.Identifier.Text}.{method.Identifier.Text}",
    ];

    [Fact]
    public void Every_pain_is_in_the_table() => Assert.Equal(Enumerable.Range(1, Pains), Rows().Select(NumberOf));

    [Fact]
    public void Every_test_in_the_table_exists()
    {
        foreach (Match row in Rows()) Assert.All(NamesOf(row), name => Assert.Contains(name, Tests));
    }

    [Fact]
    public void Every_row_has_a_test_of_its_number()
    {
        foreach (Match row in Rows().Where(row => !WithoutTestOfTheirNumber.ContainsKey(NumberOf(row))))
            Assert.Contains(NamesOf(row), name => IsOf(name, NumberOf(row)));
    }

    [Fact]
    public void No_test_has_a_number_beyond_the_table_and_no_excuse_outlives_its_reason()
    {
        Dictionary<int, string[]> named = Rows().ToDictionary(NumberOf, NamesOf);
        foreach (string test in Tests)
        {
            if (Number().Match(test) is { Success: true } number) Assert.InRange(int.Parse(number.Groups[1].Value, CultureInfo.InvariantCulture), 1, Pains);
        }

        // A row that had no test of its number and got one no longer needs its excuse.
        foreach (int row in WithoutTestOfTheirNumber.Keys) Assert.DoesNotContain(named[row], name => IsOf(name, row));
    }

    private static bool IsOf(string test, int row) => test.Contains($".Pain_{row}_", StringComparison.Ordinal);

    private static int NumberOf(Match row) => int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture);

    private static string[] NamesOf(Match row) => [.. Name().Matches(row.Groups[2].Value).Select(name => name.Groups[1].Value)];

    private static IReadOnlyList<Match> Rows() =>
        [.. File.ReadLines(Path.Combine(Repository.Root, "tests", "README.md")).Select(line => Row().Match(line)).Where(match => match.Success)];

    [GeneratedRegex(@"^\| (\d+) \|[^|]*\|[^|]*\|([^|]*)\|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"`([A-Za-z0-9]+\.[A-Za-z0-9_]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\.Pain_(\d+)_")]
    private static partial Regex Number();
}
