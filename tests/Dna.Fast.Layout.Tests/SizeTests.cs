using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dna.Fast.Layout.Tests;

/// <summary>One idea a file, one job a function. An exception has its name and its reason here.</summary>
public sealed class SizeTests
{
    /// <summary>Lines of a file: what two screens show.</summary>
    private const int FileLinesMax = 320;

    /// <summary>Lines of a function: what one screen shows.</summary>
    private const int FunctionLinesMax = 60;

    private static readonly Dictionary<string, string> LongFiles = new()
    {
        ["src/Dna.Fast.Kademlia/Asking/Search.cs"] = "one search is one state machine; its steps read each other's state",
        ["tests/Dna.Fast.Kademlia.Tests/Serving/ListenerTableTests.cs"] = "all rules of one table; split when a second class of rules appears",
    };

    private static readonly Dictionary<string, string> LongFunctions = [];

    [Fact]
    public void Files_are_short()
    {
        IEnumerable<string> tooLong = Repository.Sources
            .Where(file => file.Lines.Length > FileLinesMax && !LongFiles.ContainsKey(file.Path))
            .Select(file => $"{file.Path}: {file.Lines.Length} lines");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Functions_are_short()
    {
        IEnumerable<string> tooLong = Repository.Sources
            .SelectMany(Functions)
            .Where(function => function.Lines > FunctionLinesMax && !LongFunctions.ContainsKey(function.Name))
            .Select(function => $"{function.Name}: {function.Lines} lines");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Every_exception_is_still_needed()
    {
        Assert.All(LongFiles.Keys, path => Assert.Contains(Repository.Sources, file => file.Path == path && file.Lines.Length > FileLinesMax));
        HashSet<string> longNow = [.. Repository.Sources.SelectMany(Functions).Where(function => function.Lines > FunctionLinesMax).Select(function => function.Name)];
        Assert.All(LongFunctions.Keys, name => Assert.Contains(name, longNow));
    }

    private static IEnumerable<(string Name, int Lines)> Functions(SourceFile file) =>
        from function in file.Tree.GetRoot().DescendantNodes().OfType<BaseMethodDeclarationSyntax>()
        let span = function.SyntaxTree.GetLineSpan(function.Span)
        select ($"{file.Path}:{NameOf(function)}", span.EndLinePosition.Line - span.StartLinePosition.Line + 1);

    private static string NameOf(BaseMethodDeclarationSyntax function) => function switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        _ => function.Kind().ToString(),
    };
}
