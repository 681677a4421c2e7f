using System.CommandLine;
using Dna.Fast.Identities;

namespace Dna.Fast.Commands.Walls;

/// <summary><c>dna wall</c>: message walls.</summary>
internal static class WallCommand
{
    public static Command Create(Surroundings surroundings) => new DnaCommand(
        "wall",
        "Posts on walls, which everybody may read, and votes on posts. Each user has a wall, with the newest 100 posts of each poster, for a year.",
        "dna wall post \"Hello, world\"",
        "dna wall read alice")
    {
        WallPostCommand.Create(surroundings),
        WallReadCommand.Create(surroundings),
        WallVoteCommand.Create(surroundings),
    };
}
