namespace Dna.Fast.LoadGen.Cli;

/// <summary>Examples in help texts.</summary>
internal static class Examples
{
    public static string Append(string description, IReadOnlyList<string> examples) =>
        $"{description}\n\nExamples:\n{string.Join('\n', examples.Select(e => $"  dna-load {e}"))}";
}
