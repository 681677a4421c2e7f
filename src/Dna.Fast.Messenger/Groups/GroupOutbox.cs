using System.Collections.Concurrent;
using System.Globalization;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger;

/// <summary>A message to a group as a member reads it: opened, and its sender proved.</summary>
public sealed record GroupText(string Id, string Sender, ulong TimestampMs, string Text);

/// <param name="Texts">Oldest first, each once.</param>
/// <param name="Unopened">Messages of members whose key version or sender's key is not known here.</param>
/// <param name="IsComplete">False when not all could be read, or not all senders' keys: there may be more.</param>
public sealed record GroupTexts(IReadOnlyList<GroupText> Texts, int Unopened, bool IsComplete)
{
    /// <summary>Versions of the group's key that members' messages name and that are not known here.</summary>
    public IReadOnlySet<uint> MissingVersions { get; init; } = new HashSet<uint>();
}

/// <summary>Sends to a group and reads what its members sent (DNA layer, section 12.7): each writer has its own messages of each day.</summary>
/// <remarks>
/// Any thread; what one client sends to one group goes in the order of the calls. A day's messages lie in parts of 16, the first under the later clients' key, the others, which are ours, under
/// that key with a number behind it. Only members' messages are read. A part is put only in the place of the version that it was made from: what another device of the same owner sent meanwhile
/// is read and kept. A deadline covers a whole call.
/// </remarks>
public sealed class GroupOutbox(RecordNetwork network, ChunkStore chunks, KeyserverService keyserver) : IDisposable
{
    // Each new message writes its part again: a part has few chunks.
    private const int PartMax = 16;

    internal const int PartsMax = GroupMessageCodec.MessagesMax / PartMax;

    // 16 messages of 8 KB with signatures of 6 KB in base64.
    private const int PartBytesMax = 512 * 1024;

    // How often a day is read and merged again because another device of ours was first: far more devices than anybody has would have to write in the same moment.
    private const int RaceTriesMax = 8;

    private readonly KeyLocks _locks = new();
    private readonly ConcurrentDictionary<(string Sender, string Uuid), SentDay> _sent = new();

    /// <summary>What we sent on a day, as far as it is known here, and the versions of each part's chunks that it was read from.</summary>
    private sealed record SentDay(ulong Day, List<GroupMessage> Messages, Dictionary<int, IReadOnlyDictionary<int, int>> Seqs);

    /// <summary>Sends a text to a group.</summary>
    /// <param name="uuid">36 characters.</param>
    /// <param name="key">The group's key of this version: 32 bytes.</param>
    /// <param name="text">1 to 8,192 bytes.</param>
    /// <returns>InvalidParameter; OutOfMemory after 496 messages of one day; NetworkError and Timeout: it is not sent as far as is known, or what we sent today could not be read.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> SendAsync(
        IUserKeys keys, string uuid, uint keyVersion, ReadOnlyMemory<byte> key, string text, TimeSpan deadline, CancellationToken cancellation = default)
    {
        Deadline within = network.Within(deadline);
        using IDisposable? turn = await _locks.EnterAsync(uuid, within, cancellation).ConfigureAwait(false);
        if (turn is null) return PutReport.No(ResultCode.Timeout);
        ulong day = DnaKeys.DayOf(network.Now);
        SentDay? sent = _sent.GetValueOrDefault((keys.Fingerprint, uuid));
        if (sent?.Day != day) sent = null;
        List<GroupMessage> tried = [];
        int versions = 1;
        for (int attempt = 1; ; attempt++)
        {
            if (sent is null || attempt > 1)
            {
                Answer<SentDay> read = await TodayAsync(keys.Fingerprint, uuid, day, sent?.Messages ?? [], versions, within, cancellation).ConfigureAwait(false);
                if (read.Value is not { } present) return PutReport.No(read.Code);
                _sent[(keys.Fingerprint, uuid)] = sent = present;
            }

            // Who was outdated may have been taken by some nodes all the same.
            int at = sent.Messages.FindIndex(there => tried.Exists(mine => IsSame(mine, there)));
            List<GroupMessage> all = [.. sent.Messages];
            if (at < 0)
            {
                if (all.Count >= PartsMax * PartMax) return PutReport.No(ResultCode.OutOfMemory);
                ulong timestamp = Math.Max((ulong)network.Time.GetUtcNow().ToUnixTimeMilliseconds(), all.Count == 0 ? 0 : all[^1].TimestampMs + 1);
                if (GroupMessage.Seal(keys, uuid, keyVersion, key.Span, text, timestamp) is not { } message) return PutReport.No(ResultCode.InvalidParameter);
                at = all.Count;
                all.Add(message);
                tried.Add(message);
            }

            int part = at / PartMax;
            byte[] data = GroupMessageCodec.Write(keys.Fingerprint, uuid, [.. all.Skip(part * PartMax).Take(PartMax)]);
            var slot = new ChunkSlot(network.OwnerValueId, -1) { Seqs = sent.Seqs.GetValueOrDefault(part) };
            (PutReport report, bool isOutdated) = await chunks.WriteAsync(PartBase(uuid, day, part), TypeRegistry.SevenDays, data, slot, within, cancellation).ConfigureAwait(false);
            if (report.IsSuccess) _sent[(keys.Fingerprint, uuid)] = sent with { Messages = all };
            if (!isOutdated || attempt == RaceTriesMax) return report;
            versions = Math.Max(versions, ChunkedRecord.Split(data).Length);
        }
    }

    /// <summary>Reads what members sent.</summary>
    /// <param name="groupKeys">The group's keys by version, as far as they are known.</param>
    /// <param name="days">Days back from today, 0 to 6; tomorrow, by our clock, is read too.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<GroupTexts> ReadAsync(
        Group group, IReadOnlyDictionary<uint, ReadOnlyMemory<byte>> groupKeys, int days, TimeSpan deadline, CancellationToken cancellation = default)
    {
        Deadline within = network.Within(deadline);
        ulong today = DnaKeys.DayOf(network.Now), first = today - Math.Min(today, (ulong)Math.Clamp(days, 0, 6));
        (bool IsComplete, List<GroupMessage> Messages)[] read = await Task.WhenAll(
            Enumerable.Range(0, (int)(today + 1 - first) + 1).Select(i => DayAsync(group.Uuid, first + (ulong)i, owner: null, within, cancellation))).ConfigureAwait(false);
        var texts = new List<GroupText>();
        var missing = new HashSet<uint>();
        int unopened = 0;
        bool isComplete = read.All(day => day.IsComplete);
        foreach (IGrouping<string, GroupMessage> sender in read.SelectMany(day => day.Messages).Where(message => group.Members.Contains(message.Sender)).GroupBy(message => message.Sender))
        {
            Answer<PublicKeyEntry> entry = await keyserver.EntryAsync(sender.Key, Freshness.Cached, within, cancellation).ConfigureAwait(false);
            // Not reached now is not absent: it may be opened later.
            isComplete &= entry.Code is not (ResultCode.NetworkError or ResultCode.Timeout);
            foreach (GroupMessage message in sender)
            {
                bool hasKey = groupKeys.TryGetValue(message.KeyVersion, out ReadOnlyMemory<byte> key);
                if (!hasKey) missing.Add(message.KeyVersion);
                if (entry.Value is not { } known || !hasKey) unopened++;
                else if (message.Open(network.Suites, known.SigningKey.Span, key.Span) is { } text) texts.Add(new GroupText(message.Id, message.Sender, message.TimestampMs, text));
            }
        }

        GroupText[] ordered = [.. texts.DistinctBy(text => text.Id).OrderBy(text => text.TimestampMs).ThenBy(text => text.Id, StringComparer.Ordinal)];
        return new GroupTexts(ordered, unopened, isComplete) { MissingVersions = missing };
    }

    public void Dispose() => _locks.Dispose();

    internal static string PartBase(string uuid, ulong day, int part) =>
        part == 0 ? ChunkBases.GroupOutbox(uuid, day) : string.Create(CultureInfo.InvariantCulture, $"{ChunkBases.GroupOutbox(uuid, day)}:{part}");

    private static bool IsSame(GroupMessage one, GroupMessage other) => one.Id == other.Id && one.Signature.Span.SequenceEqual(other.Signature.Span);

    /// <summary>What we sent today, by the network and by what is known here.</summary>
    private async Task<Answer<SentDay>> TodayAsync(
        string sender, string uuid, ulong day, List<GroupMessage> known, int versions, Deadline deadline, CancellationToken cancellation)
    {
        var seqs = new Dictionary<int, IReadOnlyDictionary<int, int>>();
        (bool isComplete, List<GroupMessage> messages) = await DayAsync(uuid, day, network.Dht.OwnerId, deadline, cancellation, versions, seqs).ConfigureAwait(false);
        if (!isComplete) return Answer<SentDay>.No(deadline.Left == TimeSpan.Zero ? ResultCode.Timeout : ResultCode.NetworkError);
        // Two versions of one part have most of it in common; of one that was interrupted half-way only we know what it holds.
        List<GroupMessage> ours =
        [
            .. messages.Where(message => message.Sender == sender).Concat(known).DistinctBy(message => message.Id).OrderBy(message => message.TimestampMs),
        ];
        return Answer<SentDay>.Of(new SentDay(day, ours, seqs));
    }

    private async Task<(bool IsComplete, List<GroupMessage> Messages)> DayAsync(
        string uuid, ulong day, Wire.InfoHash? owner, Deadline deadline, CancellationToken cancellation,
        int versions = 1, Dictionary<int, IReadOnlyDictionary<int, int>>? seqs = null)
    {
        var messages = new List<GroupMessage>();
        bool isKnown = true, hasBroken = false;
        for (int part = 0; part < PartsMax; part++)
        {
            ChunksFound found = await chunks.ReadAsync(PartBase(uuid, day, part), PartBytesMax, owner, deadline, cancellation, hasBroken ? 1 : ChunkStore.TriesMax, versions).ConfigureAwait(false);
            if (seqs is not null) seqs[part] = found.Seqs;
            isKnown &= found.IsComplete;
            if (found.Code == ResultCode.SerializationFailed && owner is null)
            {
                // Anybody can put what cannot be read: it counts as nothing, and hides none of the parts after it.
                hasBroken = true;
                continue;
            }

            // A part of ours that is broken is the last one, for only that is written; it is written anew.
            if (!found.IsSuccess) break;
            int longest = 0;
            foreach (ChunkedValue value in found.Values)
            {
                GroupMessageCodec.Read(value.Data.Span, uuid, out List<GroupMessage> read);
                messages.AddRange(read);
                longest = Math.Max(longest, read.Count);
            }

            // Nobody has a full part: nobody has a next one.
            if (longest < PartMax) break;
        }

        return (isKnown, messages);
    }
}
