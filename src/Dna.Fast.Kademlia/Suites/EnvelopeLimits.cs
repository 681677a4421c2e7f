namespace Dna.Fast.Kademlia;

/// <summary>What an envelope may cost whoever opens it.</summary>
public static class EnvelopeLimits
{
    /// <summary>Recipients of one envelope: what the original client writes and reads (DNA layer, section 10.1).</summary>
    public const int RecipientsMax = 254;

    /// <summary>Bytes of plaintext: the longest message the original's direct transport carries is 10 MiB with its envelope (section 10.2), of which 1 MiB is left for 254 entries.</summary>
    public const int PlaintextBytesMax = 9 << 20;
}
