namespace Dna.Fast.Messenger;

/// <summary>What this client knows of its outbox for one recipient: the local truth, so that a reader's old answer cannot make a message vanish. One turn at a time.</summary>
internal sealed class OutboxState
{
    /// <summary>In the order in which they were queued.</summary>
    public List<OfflineMessage> Outbox { get; } = [];

    /// <summary>Messages of <see cref="Day"/>, by part.</summary>
    public List<List<OfflineMessage>> Parts { get; } = [];

    /// <summary>Which day <see cref="Parts"/> belong to.</summary>
    public ulong Day { get; set; }

    /// <summary>True when the parts of the day were read from the network.</summary>
    public bool IsDayRead { get; set; }

    public void BeginDay(ulong day)
    {
        if (Day == day) return;
        Day = day;
        IsDayRead = false;
        Parts.Clear();
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
