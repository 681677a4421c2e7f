namespace Dna.Fast.Messenger;

/// <summary>Direct delivery in numbers, since the session began. Each connection that was let in or not ends in one of them.</summary>
public sealed record DirectStatistics
{
    /// <summary>Messages that the application has.</summary>
    public long Delivered { get; init; }

    /// <summary>Messages that it had already; their senders were told again.</summary>
    public long AlreadyDelivered { get; init; }

    /// <summary>Not let in: as many as there may be are.</summary>
    public long Full { get; init; }

    /// <summary>Not let in: as many of that address are, or were in this minute.</summary>
    public long TooMany { get; init; }

    /// <summary>A frame that was not whole in time.</summary>
    public long TooSlow { get; init; }

    /// <summary>A frame of no length, or too long a one.</summary>
    public long WrongLength { get; init; }

    /// <summary>Closed before its frame was whole, or broken off.</summary>
    public long Broken { get; init; }

    /// <summary>Not sealed for us, or damaged.</summary>
    public long NotForUs { get; init; }

    /// <summary>From a user whose messages nobody here receives, or more than wait at a time.</summary>
    public long Unasked { get; init; }

    /// <summary>The application did not take it in time: its sender queues it.</summary>
    public long NotTaken { get; init; }

    /// <summary>Ours that their recipients acknowledged with their signature.</summary>
    public long Sent { get; init; }

    /// <summary>Ours that went into the outbox because nobody took them, or nobody signed for them.</summary>
    public long SentOtherwise { get; init; }
}

/// <summary>Counts what <see cref="DirectStatistics"/> shows. Any thread.</summary>
internal sealed class DirectCounters
{
    private readonly long[] _counts = new long[(int)DirectOutcome.SentOtherwise + 1];

    public void Count(DirectOutcome outcome) => Interlocked.Increment(ref _counts[(int)outcome]);

    public DirectStatistics Read() => new()
    {
        Delivered = At(DirectOutcome.Delivered),
        AlreadyDelivered = At(DirectOutcome.AlreadyDelivered),
        Full = At(DirectOutcome.Full),
        TooMany = At(DirectOutcome.TooMany),
        TooSlow = At(DirectOutcome.TooSlow),
        WrongLength = At(DirectOutcome.WrongLength),
        Broken = At(DirectOutcome.Broken),
        NotForUs = At(DirectOutcome.NotForUs),
        Unasked = At(DirectOutcome.Unasked),
        NotTaken = At(DirectOutcome.NotTaken),
        Sent = At(DirectOutcome.Sent),
        SentOtherwise = At(DirectOutcome.SentOtherwise),
    };

    private long At(DirectOutcome outcome) => Interlocked.Read(ref _counts[(int)outcome]);
}

/// <summary>How a connection, or a message of ours, ended; the names are those of <see cref="DirectStatistics"/>.</summary>
internal enum DirectOutcome
{
    Delivered,
    AlreadyDelivered,
    Full,
    TooMany,
    TooSlow,
    WrongLength,
    Broken,
    NotForUs,
    Unasked,
    NotTaken,
    Sent,
    SentOtherwise,
}
