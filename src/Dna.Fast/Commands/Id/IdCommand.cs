using System.CommandLine;
using Dna.Fast.Identities;

namespace Dna.Fast.Commands.Id;

/// <summary><c>dna id</c>: identities.</summary>
internal static class IdCommand
{
    public static Command Create(Surroundings surroundings) => new DnaCommand(
        "id",
        "Makes, shows and keeps identities: the keys of a user, and the key that owns the user's values in the network.",
        "dna id new --name alice",
        "dna id show",
        "dna id recover --out other.key")
    {
        IdNewCommand.Create(surroundings),
        IdShowCommand.Create(surroundings),
        IdRecoverCommand.Create(surroundings),
        IdExportCommand.Create(surroundings),
        IdImportCommand.Create(surroundings),
        IdPasswdCommand.Create(surroundings),
        IdBackupCommand.Create(surroundings),
        IdRestoreCommand.Create(surroundings),
        IdPublishCommand.Create(surroundings),
    };
}
