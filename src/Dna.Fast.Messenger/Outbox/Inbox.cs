using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>What was found for us.</summary>
/// <param name="Messages">New ones, in the order in which each sender sent them, each once; but where a stranger put changed copies of one beside it, these too: they have its digest, and the first that opens is it.</param>
/// <param name="Unknown">Senders whose messages could not all be read: there may be more.</param>
public sealed record InboxReport(IReadOnlyList<OfflineMessage> Messages, IReadOnlyList<string> Unknown);

/// <summary>How many days of buckets are read (DNA layer, section 11.3).</summary>
public enum InboxDepth
{
    /// <summary>Yesterday, today and tomorrow, by our clock: for who looks often.</summary>
    Recent,

    /// <summary>Six days back until tomorrow: all that has not expired.</summary>
    Full,
}

/// <summary>Receives what was sent while we were away (DNA layer, sections 11.2 and 11.3): reads our contacts' outboxes and buckets for us, of all owners.</summary>
/// <remarks>
/// Any thread. Who put a message there proves nothing: each envelope is signed by its sender, and opening it says by whom. A message is delivered when the application says so
/// (<see cref="ConfirmAsync"/>); from then on it is not handed out again, until 5,000 later ones of its sender were delivered. Times of messages are bounded, as nothing proves them: no message is sent later than
/// tomorrow, and of copies with different times the earliest counts. A deadline covers a whole call.
/// </remarks>
public sealed class Inbox(RecordNetwork network, ChunkStore chunks, IDeliveryLog log)
{
    /// <summary>Senders read at a time.</summary>
    private const int InFlightMax = 16;

    /// <summary>Seconds by which a sender's clock may be ahead of ours.</summary>
    private const ulong AheadSecondsMax = 86_400;

    /// <summary>Says where messages of whom are looked for; null: at the keys that anybody derives.</summary>
    internal SaltBook? Salts { get; init; }

    /// <summary>Reads what senders have for us and we do not have yet.</summary>
    /// <param name="recipient">Our fingerprint.</param>
    /// <param name="senders">Fingerprints; what is none is left out.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<InboxReport> RetrieveAsync(
        string recipient, IReadOnlyCollection<string> senders, InboxDepth depth, TimeSpan deadline, CancellationToken cancellation = default)
    {
        (IReadOnlyList<List<OfflineMessage>> messages, IReadOnlyList<string> unknown) =
            await RetrieveAsync(recipient, senders, depth, found => found, network.Within(deadline), cancellation).ConfigureAwait(false);
        return new InboxReport([.. messages.SelectMany(found => found)], unknown);
    }

    /// <summary>As the public one, but what a sender has is looked at while others are still read.</summary>
    /// <param name="look">Is given one sender's new messages; of several senders on several threads at once.</param>
    /// <returns>What was made of them, in the order of the senders.</returns>
    internal async Task<(IReadOnlyList<T> Looked, IReadOnlyList<string> Unknown)> RetrieveAsync<T>(
        string recipient, IReadOnlyCollection<string> senders, InboxDepth depth, Func<List<OfflineMessage>, T> look, Deadline deadline, CancellationToken cancellation)
    {
        string[] names = [.. senders.Select(sender => UserFingerprint.Normalise(sender)).OfType<string>().Distinct()];
        // Without it where messages lie is not known.
        if (Salts is not null && !await Salts.OpenAsync(cancellation).ConfigureAwait(false)) return ([], names);
        var looked = new T[names.Length];
        var isKnown = new bool[names.Length];
        await Parallel.ForAsync(0, names.Length, new ParallelOptions { MaxDegreeOfParallelism = InFlightMax, CancellationToken = cancellation }, async (i, token) =>
        {
            (isKnown[i], List<OfflineMessage> found) = await FromAsync(names[i], recipient, depth, deadline, token).ConfigureAwait(false);
            looked[i] = look(found);
        }).ConfigureAwait(false);
        return (looked, [.. names.Where((_, i) => !isKnown[i])]);
    }

    /// <summary>Remembers that messages were delivered, and tells their senders.</summary>
    /// <param name="recipient">Our keys.</param>
    /// <param name="messages">What <see cref="RetrieveAsync"/> gave, once the application has it safe.</param>
    /// <returns>What came of telling: the messages count as delivered in any case. StorageError: that could not be kept, so after a restart they are handed out again; nobody is told now.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> ConfirmAsync(IUserKeys recipient, IReadOnlyCollection<OfflineMessage> messages, TimeSpan deadline, CancellationToken cancellation = default)
    {
        Deadline within = network.Within(deadline);
        if (!await KeepAsync(messages, cancellation).ConfigureAwait(false)) return PutReport.No(ResultCode.StorageError);
        return await TellAsync(recipient, [.. messages.Select(message => message.Sender).Distinct()], within, cancellation).ConfigureAwait(false);
    }

    /// <summary>Remembers that messages were delivered.</summary>
    /// <returns>False when that could not be kept.</returns>
    internal async Task<bool> KeepAsync(IReadOnlyCollection<OfflineMessage> messages, CancellationToken cancellation)
    {
        bool isKept = true;
        foreach (IGrouping<string, OfflineMessage> sender in messages.GroupBy(message => message.Sender))
            isKept &= await log.AddAsync(
                sender.Key, [.. sender.Select(message => new DeliveredEntry(message.Digest, message.Timestamp, message.Expiry))], network.Now, cancellation).ConfigureAwait(false);
        return isKept;
    }

    /// <summary>Tells senders which of their messages were delivered.</summary>
    internal async Task<PutReport> TellAsync(IUserKeys recipient, IReadOnlyCollection<string> senders, Deadline deadline, CancellationToken cancellation)
    {
        var reports = new List<PutReport> { new(ResultCode.Success, int.MaxValue) };
        foreach (string[] batch in senders.Chunk(InFlightMax))
            reports.AddRange(await Task.WhenAll(batch.Select(sender => TellAsync(recipient, sender, deadline, cancellation))).ConfigureAwait(false));
        return senders.Count == 0 ? new PutReport(ResultCode.Success, 0) : PutReport.Worst(reports);
    }

    private async Task<PutReport> TellAsync(IUserKeys recipient, string sender, Deadline deadline, CancellationToken cancellation)
    {
        (IReadOnlyList<MessageDigest> delivered, ulong newest) = log.DeliveredFrom(sender, AcknowledgementCodec.DeliveredMax);
        byte[] data = AcknowledgementCodec.Sign(recipient, sender, newest, delivered);
        RecordPut[] puts = await Task.WhenAll(PlacesOf(sender, recipient.Fingerprint).Select(place =>
            network.PutOwnAsync(place.Acknowledgement, TypeRegistry.SevenDays, data, deadline, cancellation))).ConfigureAwait(false);
        return PutReport.Worst([.. puts.Select(put => put.Report)]);
    }

    private async Task<(bool IsKnown, List<OfflineMessage> Found)> FromAsync(string sender, string recipient, InboxDepth depth, Deadline deadline, CancellationToken cancellation)
    {
        if (!await log.OpenAsync(sender, cancellation).ConfigureAwait(false)) return (false, []);
        ulong today = DnaKeys.DayOf(network.Now), first = today - Math.Min(today, depth == InboxDepth.Recent ? 1UL : 6UL);
        ulong now = network.Now;
        IReadOnlyList<OutboxPlace> places = PlacesOf(sender, recipient);
        (bool IsKnown, List<OfflineMessage> Found)[] read = await Task.WhenAll(places.SelectMany(place => (Task<(bool IsKnown, List<OfflineMessage> Found)>[])
        [
            OutboxAsync(place, deadline, cancellation),
            .. Enumerable.Range(0, (int)(today + 1 - first) + 1).Select(i => DayAsync(place, first + (ulong)i, deadline, cancellation)),
        ])).ConfigureAwait(false);
        // The sort is stable: within one second the outbox comes first, then buckets by number, as they were filled.
        List<OfflineMessage> messages =
        [
            .. read.SelectMany(place => place.Found)
                .Where(message => !log.Contains(sender, message.Digest))
                .Select(message => Believable(message, now)).Where(message => message.Expiry > now)
                .OrderBy(message => message.Timestamp).ThenBy(message => message.Seq ?? 0).DistinctBy(message => message.Copy),
        ];
        bool isKnown = read.All(place => place.IsKnown);
        if (Salts is not null && places[0].IsSalted)
        {
            int each = read.Length / places.Count;
            await NoteAsync(sender, read.Take(each).Any(place => place.Found.Count > 0), isKnown && depth == InboxDepth.Full && !places[^1].IsSalted, now, cancellation).ConfigureAwait(false);
        }

        return (isKnown, messages);
    }

    private IReadOnlyList<OutboxPlace> PlacesOf(string sender, string recipient) =>
        Salts is not null && recipient == Salts.User ? Salts.FromContact(sender, network.Now) : [OutboxPlace.Plain(sender, recipient)];

    /// <summary>Notes that a contact writes at the salted place, where we may write then too, and when the others were read.</summary>
    private async Task NoteAsync(string sender, bool isHeard, bool isPlainRead, ulong now, CancellationToken cancellation)
    {
        if (Salts!.Of(sender) is not { } known || ((!isHeard || known.IsAgreed) && (!isPlainRead || !known.IsAgreed || now < known.PlainUntil))) return;
        await Salts.ChangeAsync(
            sender,
            present => present is null ? null : (isHeard ? present.Agreed(now) : present) with { PlainRead = isPlainRead ? now : present.PlainRead },
            cancellation).ConfigureAwait(false);
    }

    /// <summary>A message with times that can be: nothing proves them, and whoever puts a message again gives it others. What is too late is taken for a clock that is wrong, and not refused.</summary>
    private static OfflineMessage Believable(OfflineMessage message, ulong now)
    {
        ulong timestamp = Math.Min(message.Timestamp, now + AheadSecondsMax);
        return message with { Timestamp = timestamp, Expiry = Math.Min(message.Expiry, timestamp + RecordLimits.WeekSeconds + AheadSecondsMax) };
    }

    private async Task<(bool IsKnown, List<OfflineMessage> Found)> OutboxAsync(OutboxPlace place, Deadline deadline, CancellationToken cancellation)
    {
        RecordsFound found = await network.GetAllAsync(place.Outbox, deadline, cancellation).ConfigureAwait(false);
        var messages = new List<OfflineMessage>();
        foreach (VerifiedValue value in found.Values) messages.AddRange(place.Read(value.Data.Span));

        return (found.IsComplete && found.Code is ResultCode.Success or ResultCode.NotFound, messages);
    }

    private async Task<(bool IsKnown, List<OfflineMessage> Found)> DayAsync(OutboxPlace place, ulong day, Deadline deadline, CancellationToken cancellation)
    {
        var messages = new List<OfflineMessage>();
        bool isKnown = true, hasBroken = false;
        for (int part = 0; part < OutboxLimits.PartsMax; part++)
        {
            // A second look at broken ones once a day only: a stranger's stay so.
            ChunksFound found = await chunks.ReadAsync(
                place.PartBase(day, part), OutboxLimits.PartBytesMax, owner: null, deadline, cancellation, hasBroken ? 1 : ChunkStore.TriesMax).ConfigureAwait(false);
            isKnown &= found.IsComplete;
            if (found.Code == ResultCode.SerializationFailed)
            {
                // Nothing that could be read; of those after it some may be.
                hasBroken = true;
                continue;
            }

            if (!found.IsSuccess) break;
            int before = messages.Count;
            foreach (ChunkedValue value in found.Values) messages.AddRange(place.Read(value.Data.Span));

            // A part that is not full is the last one.
            if (messages.Count - before < OutboxLimits.PartMax) break;
        }

        return (isKnown, messages);
    }
}
