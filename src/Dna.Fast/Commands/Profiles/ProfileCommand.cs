using System.CommandLine;
using Dna.Fast.Identities;

namespace Dna.Fast.Commands.Profiles;

/// <summary><c>dna profile</c>: what users show of themselves.</summary>
internal static class ProfileCommand
{
    public static Command Create(Surroundings surroundings) => new DnaCommand(
        "profile",
        "Shows and changes profiles: what users say of themselves, signed by them, for everybody.",
        "dna profile show alice",
        "dna profile set --bio 'I like ducks'")
    {
        ProfileShowCommand.Create(surroundings),
        ProfileSetCommand.Create(surroundings),
    };
}
