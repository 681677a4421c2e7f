namespace Dna.Fast.Messenger;

/// <summary>What a reader accepts.</summary>
public enum Freshness
{
    /// <summary>A copy that a cache still trusts (DNA layer, section 16); the network when there is none.</summary>
    Cached,

    /// <summary>What the network says now, in a search that begins after the call: what is to be changed or decided upon is read so.</summary>
    Fresh,
}
