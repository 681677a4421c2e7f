namespace Dna.Fast.Messenger;

/// <summary>What a record may hold, so that nobody makes a reader or a writer grow beyond it.</summary>
public static class RecordLimits
{
    /// <summary>
    /// Bytes of data in one signed value: a packed value has at most 65,536 (DNA layer, section 0.4), of which an RSA-4096 owner and its signature take 1,098; what is left is room for longer owner keys.
    /// </summary>
    public const int ValueDataBytesMax = 64_000;

    /// <summary>Characters of a user's name in a record that is no fingerprint: what the original reserves.</summary>
    public const int IdentityBytesMax = 256;

    /// <summary>Seconds of 7 days: how long messages, contact lists and requests say they live (sections 11.1, 13, 15.5).</summary>
    public const ulong WeekSeconds = 604_800;
}
