using System.CommandLine;
using Dna.Fast.Identities;

namespace Dna.Fast.Commands.Caches;

/// <summary><c>dna cache</c>: what was read of others.</summary>
internal static class CacheCommand
{
    public static Command Create(Surroundings surroundings) => new DnaCommand(
        "cache",
        "What this machine remembers of others: public keys and profiles, for a week, so that not every message asks the network for them.",
        "dna cache stats",
        "dna cache clear")
    {
        CacheStatsCommand.Create(surroundings),
        CacheClearCommand.Create(surroundings),
    };
}
