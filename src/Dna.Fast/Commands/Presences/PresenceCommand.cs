using System.CommandLine;
using Dna.Fast.Identities;

namespace Dna.Fast.Commands.Presences;

/// <summary><c>dna presence</c>: who is online, and where.</summary>
internal static class PresenceCommand
{
    public static Command Create(Surroundings surroundings) => new DnaCommand(
        "presence",
        "Says where you can be reached, and shows where others can. A presence counts for ten minutes.",
        "dna presence publish",
        "dna presence show alice")
    {
        PresencePublishCommand.Create(surroundings),
        PresenceShowCommand.Create(surroundings),
    };
}
