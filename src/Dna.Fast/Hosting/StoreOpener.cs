using Dna.Fast.Kademlia.Store;
using Dna.Fast.Settings;

namespace Dna.Fast.Hosting;

/// <summary>Opens the store of a data directory.</summary>
internal static class StoreOpener
{
    /// <returns>The store, or null with the reason for people.</returns>
    public static IValueStore? Open(RunSettings settings, DataDirectory directory, out string? problem)
    {
        problem = null;
        return new MemoryValueStore(settings.StoreBytes);
    }
}
