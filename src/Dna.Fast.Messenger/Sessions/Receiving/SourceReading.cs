namespace Dna.Fast.Messenger;

/// <summary>When one source was read, which says how far back it is read next, and when again after it could not be. One thread at a time.</summary>
internal sealed class SourceReading
{
    /// <summary>Before a source that could not be read is read again: at first, and at most. Somebody can see to it that one never can.</summary>
    public static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(5), PauseMax = TimeSpan.FromMinutes(5);

    /// <summary>Seconds for which the last days are enough: a machine that slept, or had no network, missed more of them, and a sender that was away puts what it had into the days it is from.</summary>
    private const ulong FullAgainSeconds = 12 * 3600;

    private ulong? _fullAt;
    private TimeSpan _pause = PauseMin;

    /// <param name="now">Seconds since 1970; also the hours in which the machine slept count.</param>
    public InboxDepth DepthAt(ulong now) => _fullAt is { } at && now >= at && now - at < FullAgainSeconds ? InboxDepth.Recent : InboxDepth.Full;

    /// <summary>Notes a reading.</summary>
    /// <param name="now">When it began.</param>
    /// <param name="isKnown">False: not all could be read.</param>
    /// <returns>When to read again; null for no sooner than there is news.</returns>
    public TimeSpan? Add(InboxDepth depth, ulong now, bool isKnown)
    {
        TimeSpan pause = _pause;
        if (!isKnown)
        {
            _pause = 2 * pause < PauseMax ? 2 * pause : PauseMax;
            return pause;
        }

        _pause = PauseMin;
        if (depth == InboxDepth.Full) _fullAt = now;
        return null;
    }
}
