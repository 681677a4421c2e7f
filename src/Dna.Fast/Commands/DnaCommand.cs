using System.CommandLine;

namespace Dna.Fast.Commands;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class DnaCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines a reader can copy.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
