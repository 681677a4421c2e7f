using System.CommandLine;

namespace Dna.Fast.Commands.Store;

/// <summary><c>dna store</c>: a look into a node's store.</summary>
internal static class StoreCommand
{
    public static Command Create() => new DnaCommand("store", "Looks into the store of a node.", "dna store stats") { StoreStatsCommand.Create() };
}
