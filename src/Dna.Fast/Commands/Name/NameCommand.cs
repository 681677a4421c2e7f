using System.CommandLine;
using Dna.Fast.Identities;

namespace Dna.Fast.Commands.Name;

/// <summary><c>dna name</c>: names of users.</summary>
internal static class NameCommand
{
    public static Command Create(Surroundings surroundings) => new DnaCommand(
        "name",
        "Registers names and finds who has them. Nobody is in charge of names: a name is its user's whose signed profile claims it, and claimed it first.",
        "dna name register alice",
        "dna name lookup alice")
    {
        NameRegisterCommand.Create(surroundings),
        NameRenewCommand.Create(surroundings),
        NameLookupCommand.Create(surroundings),
        NameReverseCommand.Create(surroundings),
        NameResolveCommand.Create(surroundings),
    };
}
