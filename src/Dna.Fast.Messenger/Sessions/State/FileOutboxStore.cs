using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Outboxes in a user's folder: for each recipient <c>outbox-RECIPIENT</c>, and today's buckets in <c>outbox-RECIPIENT.DAY.PART</c>. Any thread; processes share it.</summary>
/// <remarks>
/// Outbox: <c>flags 1 (1 pending, 4 last seq known) | last seq 8 | day 8 | device slot 8 | place 8 | messages</c>; part: <c>flags 1 (1 pending, 2 written, 8 lost) | last seq 8 | value id 8 | messages</c>; messages as
/// <see cref="OutboxCodec"/> has them, numbers big-endian.
/// </remarks>
internal sealed class FileOutboxStore(StateFolder folder) : IOutboxStore
{
    private const string Begin = "outbox-";
    private const byte Pending = 1;
    private const byte Written = 2;
    private const byte SeqKnown = 4;
    private const byte Lost = 8;
    private const int HeaderBytes = 1 + 8 + 8 + 8 + 8;
    private const int PartHeaderBytes = 1 + 8 + 8;

    private readonly ConcurrentDictionary<string, Known> _known = new();

    public async Task<OutboxTurn?> EnterAsync(string sender, string recipient, Deadline deadline, CancellationToken cancellation)
    {
        FileTurn? turn = await folder.Turns.EnterAsync(Begin + recipient, deadline, cancellation).ConfigureAwait(false);
        if (turn is null) return null;
        try
        {
            Known known = _known.GetOrAdd(recipient, _ => new Known());
            if (!turn.WasOurs || !known.IsRead) Read(recipient, known);
            return new Turn(folder, recipient, known, turn);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    IReadOnlyList<string> IOutboxStore.Pending()
    {
        var recipients = new HashSet<string>();
        foreach (string name in folder.Names(Begin))
        {
            if (Parse(name) is not { } file || recipients.Contains(file.Recipient)) continue;
            byte[]? content = folder.Peek(file.Part is null ? StateKind.Outbox : StateKind.OutboxPart, name);
            if (content is { Length: > 0 } && (content[0] & Pending) != 0) recipients.Add(file.Recipient);
        }

        return [.. recipients];
    }

    public void Dispose()
    {
        // The folder is its session's.
    }

    private static string PartName(string recipient, ulong day, int part) => string.Create(CultureInfo.InvariantCulture, $"{Begin}{recipient}.{day}.{part}");

    /// <returns>What a file's name says; null when it is none of ours, or of another time.</returns>
    private static (string Recipient, ulong? Day, int? Part)? Parse(string name)
    {
        string[] parts = name[Begin.Length..].Split('.');
        if (UserFingerprint.Normalise(parts[0]) is not { } recipient) return null;
        if (parts.Length == 1) return (recipient, null, null);
        if (parts.Length != 3 || !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong day)) return null;
        // A number that no part has is somebody else's file: room is made for all parts before one.
        return int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int part) && part < OutboxLimits.PartsMax ? (recipient, day, part) : null;
    }

    private void Read(string recipient, Known known)
    {
        known.IsRead = false;
        OutboxState state = known.State;
        state.Clear();
        known.DeviceSlot = 0;
        if (folder.Read(StateKind.Outbox, Begin + recipient) is { Length: >= HeaderBytes } content)
        {
            state.IsPending = (content[0] & Pending) != 0;
            ulong day = BinaryPrimitives.ReadUInt64BigEndian(content.AsSpan(9));
            state.BeginDay(day);
            state.LastSeq = BinaryPrimitives.ReadUInt64BigEndian(content.AsSpan(1));
            state.IsSeqKnown = (content[0] & SeqKnown) != 0;
            known.DeviceSlot = BinaryPrimitives.ReadUInt64BigEndian(content.AsSpan(17));
            state.Place = BinaryPrimitives.ReadUInt64BigEndian(content.AsSpan(25));
            OutboxCodec.Read(content.AsSpan(HeaderBytes), out List<OfflineMessage> messages);
            state.Outbox.AddRange(messages);
        }

        // An id of chance: nobody else, and no other device, has it.
        while (known.DeviceSlot <= 1) known.DeviceSlot = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8));
        ReadParts(recipient, known);
        known.IsRead = true;
    }

    private void ReadParts(string recipient, Known known)
    {
        OutboxState state = known.State;
        (string Name, ulong Day, int Part)[] files =
        [
            .. folder.Names(Begin + recipient + ".").Select(name => (Name: name, File: Parse(name))).Where(entry => entry.File?.Part is not null)
                .Select(entry => (entry.Name, entry.File!.Value.Day!.Value, entry.File.Value.Part!.Value)),
        ];
        if (files.Length == 0) return;
        // The outbox is kept seldom when all goes into buckets: the newest day that has parts is the day.
        ulong day = Math.Max(state.Day, files.Max(file => file.Day));
        state.BeginDay(day);
        foreach ((string name, _, int number) in files.Where(file => file.Day == day).OrderBy(file => file.Part))
        {
            while (state.Parts.Count < number) state.Parts.Add(LostPart(recipient, known, state.Parts.Count));
            if (folder.Read(StateKind.OutboxPart, name) is { Length: >= PartHeaderBytes } content)
            {
                var part = new DayPart { IsPending = (content[0] & Pending) != 0, IsWritten = (content[0] & Written) != 0, IsLost = (content[0] & Lost) != 0 };
                state.LastSeq = Math.Max(state.LastSeq, BinaryPrimitives.ReadUInt64BigEndian(content.AsSpan(1)));
                part.Slot = BinaryPrimitives.ReadUInt64BigEndian(content.AsSpan(9));
                OutboxCodec.Read(content.AsSpan(PartHeaderBytes), out List<OfflineMessage> messages);
                part.Messages.AddRange(messages);
                if (part.IsLost) state.IsSeqKnown = false;
                state.Parts.Add(part);
            }
            else
            {
                state.Parts.Add(LostPart(recipient, known, number));
            }
        }
    }

    /// <summary>The place of a part whose file is missing or damaged, marked on the disk, as the file is gone at the next start.</summary>
    /// <remarks>What the network has there may be ours, under the owner's id or this device's: under the latter the part is written again, with all that was found.</remarks>
    private DayPart LostPart(string recipient, Known known, int number)
    {
        known.State.IsSeqKnown = false;
        var part = new DayPart { Slot = known.DeviceSlot, IsLost = true };
        folder.Write(StateKind.OutboxPart, PartName(recipient, known.State.Day, number), PartContent(known.State, part));
        return part;
    }

    private static byte[] PartContent(OutboxState state, DayPart part)
    {
        int flags = (part.IsPending ? Pending : 0) | (part.IsWritten ? Written : 0) | (part.IsLost ? Lost : 0);
        return new ByteWriter(PartHeaderBytes + OutboxCodec.SizeOf(part.Messages)).Byte((byte)flags).UInt64(state.LastSeq).UInt64(part.Slot).Bytes(OutboxCodec.Write(part.Messages)).ToArray();
    }

    private sealed class Known
    {
        public OutboxState State { get; } = new();

        public ulong DeviceSlot { get; set; }

        public bool IsRead { get; set; }

        /// <summary>The day before which no parts are kept any more.</summary>
        public ulong CleanedDay { get; set; }
    }

    private sealed class Turn(StateFolder folder, string recipient, Known known, FileTurn turn) : OutboxTurn(known.State)
    {
        public override ulong DeviceSlot => known.DeviceSlot;

        public override void SaveOutbox(bool isDurable)
        {
            var content = new ByteWriter(HeaderBytes + OutboxCodec.SizeOf(State.Outbox));
            content.Byte((byte)((State.IsPending ? Pending : 0) | (State.IsSeqKnown ? SeqKnown : 0))).UInt64(State.LastSeq).UInt64(State.Day).UInt64(known.DeviceSlot)
                .UInt64(State.Place).Bytes(OutboxCodec.Write(State.Outbox));
            Save(() => folder.Write(StateKind.Outbox, Begin + recipient, content.Written, isDurable));
            if (!isDurable || known.CleanedDay == State.Day) return;
            known.CleanedDay = State.Day;
            string today = string.Create(CultureInfo.InvariantCulture, $"{Begin}{recipient}.{State.Day}.");
            foreach (string name in folder.Names(Begin + recipient + "."))
            {
                if (!name.StartsWith(today, StringComparison.Ordinal) && Parse(name) is not null) folder.Delete(name);
            }
        }

        public override void SavePart(int part, bool isDurable)
        {
            byte[] content = PartContent(State, State.Parts[part]);
            Save(() => folder.Write(StateKind.OutboxPart, PartName(recipient, State.Day, part), content, isDurable));
        }

        public override void Dispose() => turn.Dispose();

        private void Save(Action write)
        {
            try
            {
                write();
            }
            catch
            {
                // What is in memory may be more than what is kept: the next turn reads anew.
                known.IsRead = false;
                throw;
            }
        }
    }
}
