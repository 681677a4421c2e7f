using Dna.Fast.Settings;
using Dna.Fast.Storage;

namespace Dna.Fast.Hosting;

/// <summary>Opens the store of a data directory.</summary>
internal static class StoreOpener
{
    /// <returns>The store, or null with the reason for people.</returns>
    public static FasterValueStore? Open(RunSettings settings, DataDirectory directory, out string? problem)
    {
        var options = new StoreOptions { Directory = directory.Store, MemoryBytes = settings.MemoryBytes, LimitBytes = settings.StoreBytes };
        OpenResult opened = FasterValueStore.Open(options);
        problem = opened.Store is null ? opened.Message : null;
        return opened.Store;
    }
}
