namespace Dna.Fast.Messenger;

/// <summary>What this client knows of its outbox for one recipient: the local truth, so that a reader's old answer cannot make a message vanish. One turn at a time.</summary>
internal sealed class OutboxState
{
    /// <summary>In the order in which they were queued.</summary>
    public List<OfflineMessage> Outbox { get; } = [];

    /// <summary>The newest version in the network that <see cref="Outbox"/> includes, beside what this client put itself; −1 while none is known.</summary>
    public int Version { get; set; } = -1;

    /// <summary>True: <see cref="Outbox"/> may hold what the network does not have.</summary>
    public bool IsPending { get; set; }

    /// <summary>True: something of all this may not be in the network.</summary>
    public bool IsAnyPending => IsPending || Parts.Exists(part => part.IsPending);

    /// <summary>Messages of <see cref="Day"/>, by part.</summary>
    public List<DayPart> Parts { get; } = [];

    /// <summary>Which day <see cref="Parts"/> belong to.</summary>
    public ulong Day { get; set; }

    /// <summary>True when it is known what of ours the network had that day before us.</summary>
    public bool IsDayRead { get; set; }

    /// <summary>The last number given to a message in a bucket, of any day: none is given twice.</summary>
    public ulong LastSeq { get; set; }

    /// <summary>False while <see cref="LastSeq"/> may be too low, because nothing was kept or what was kept is damaged: then the network is asked first.</summary>
    public bool IsSeqKnown { get; set; }

    /// <summary>Where all of this is put (<see cref="OutboxPlace.Mark"/>).</summary>
    public ulong Place { get; set; }

    /// <summary>Begins at another place, where nothing of this is yet.</summary>
    public void MoveTo(ulong place)
    {
        Place = place;
        Version = -1;
        IsDayRead = false;
        IsPending = Outbox.Count > 0;
        foreach (DayPart part in Parts)
        {
            part.IsPending = part.Messages.Count > 0;
            part.IsWritten = false;
            if (!part.IsLost) part.Slot = 0;
        }
    }

    public void BeginDay(ulong day)
    {
        if (Day == day) return;
        Day = day;
        IsDayRead = false;
        Parts.Clear();
    }

    /// <summary>Forgets everything, before it is read anew.</summary>
    public void Clear()
    {
        Outbox.Clear();
        Place = 0;
        Version = -1;
        IsPending = false;
        BeginDay(0);
        LastSeq = 0;
        IsSeqKnown = false;
    }

    /// <summary>Adds what the network has and we do not know; what both know is one.</summary>
    public static void Merge(List<OfflineMessage> known, IEnumerable<OfflineMessage> found)
    {
        HashSet<MessageDigest> digests = [.. known.Select(message => message.Digest)];
        int before = known.Count;
        known.AddRange(found.Where(message => digests.Add(message.Digest)));
        if (known.Count == before || before == 0) return;
        OfflineMessage[] ordered = [.. known.OrderBy(message => message.Timestamp).ThenBy(message => message.Seq ?? 0)];
        known.Clear();
        known.AddRange(ordered);
    }
}

/// <summary>One part of a day's messages to one recipient.</summary>
internal sealed class DayPart
{
    public List<OfflineMessage> Messages { get; init; } = [];

    /// <summary>Its value id: 0 for the owner's; another one where another device of ours writes under that.</summary>
    public ulong Slot { get; set; }

    /// <summary>True: the network may not have all of it.</summary>
    public bool IsPending { get; set; }

    /// <summary>True: what this client wrote there is not known any more. It is read from the network before anything is written there (<see cref="DayStep"/>).</summary>
    public bool IsLost { get; set; }

    /// <summary>True: we wrote it at least once, so nobody else's lies there.</summary>
    public bool IsWritten { get; set; }
}
