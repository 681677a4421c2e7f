namespace Dna.Fast.Messenger;

/// <summary>What became of an entry of a cache (DNA layer, section 16).</summary>
public enum CacheChangeKind
{
    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>A newer copy took its place.</summary>
    Refreshed,

    /// <summary>Its time was over, and it was taken out.</summary>
    Expired,

    /// <summary>It was taken out because the network says otherwise, or may: a write of ours, a change a listener was told of, or a search that found it gone.</summary>
    Invalidated,
}

/// <param name="Region">The name of the region.</param>
/// <param name="Key">The entry's key in it.</param>
public readonly record struct CacheChange(string Region, string Key, CacheChangeKind Kind);
