using System.CommandLine;

namespace Dna.Fast.Commands.Store;

/// <summary><c>dna store</c>: a look into a node's store.</summary>
internal static class StoreCommand
{
    public static Command Create() => new DnaCommand("store", "Looks into the store of a node, keeps it in a file, and takes care of it.", "dna store stats")
    {
        StoreStatsCommand.Create(),
        StoreInspectCommand.Create(),
        StoreExportCommand.Create(),
        StoreImportCommand.Create(),
        StoreCheckCommand.Create(),
        StoreCompactCommand.Create(),
    };
}
