namespace Dna.Fast.Messenger;

/// <summary>How many messages wait for a recipient, and where.</summary>
internal static class OutboxLimits
{
    /// <summary>Messages of one day beyond the outbox (DNA layer, section 11.3).</summary>
    public const int DayMax = 500;

    /// <summary>Messages of one part of a day: each new one writes its part again, so a part has few chunks.</summary>
    public const int PartMax = 16;

    /// <summary>Bytes of one part, decompressed: 16 messages of 64 KB.</summary>
    public const int PartBytesMax = 1024 * 1024;

    /// <summary>Bytes of one envelope that can be queued: what an outbox holds alone, with its frame and two fingerprints.</summary>
    public const int EnvelopeBytesMax = RecordLimits.ValueDataBytesMax - 512;

    /// <summary>Parts of one day.</summary>
    public const int PartsMax = (DayMax + PartMax - 1) / PartMax;
}
