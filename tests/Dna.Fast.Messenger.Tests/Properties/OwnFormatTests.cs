using CsCheck;
using Dna.Fast.Wire;
using static Dna.Fast.Messenger.Tests.Properties.RecordGens;

namespace Dna.Fast.Messenger.Tests.Properties;

/// <summary>Formats between our own clients, and of our own files: what is written is read as what it was.</summary>
public sealed class OwnFormatTests
{
    private const int Records = 300;

    [Fact]
    public void Salt_notes() => Gen.Select(OneOf(SaltNoteKind.Offer, SaltNoteKind.Accept), Number, Bytes(SaltNote.SaltBytes, SaltNote.SaltBytes), Fingerprint, Fingerprint).Sample(
        (kind, time, salt, sender, recipient) =>
        {
            byte[] data = new SaltNote(kind, time, salt).Write(sender, recipient);
            Assert.True(SaltNote.IsOne(data));
            Assert.Equal(RecordStatus.Ok, SaltNote.Read(data, sender, recipient, out SaltNote? note));
            Assert.Equal((kind, time, Convert.ToHexString(salt)), (note!.Kind, note.Time, Convert.ToHexString(note.Salt.Span)));
            Assert.Equal(data, note.Write(sender, recipient));
            // It is between these two, in this direction.
            if (sender != recipient) Assert.Equal(RecordStatus.BadSignature, SaltNote.Read(data, recipient, sender, out _));
        },
        iter: Records);

    [Fact]
    public void Direct_requests() => Bytes(2000, 1).Sample(
        envelope =>
        {
            byte[] frame = DirectFrame.Request(envelope);
            Assert.Equal(envelope.Length, DirectFrame.Length(frame.AsSpan(0, DirectFrame.LengthBytes), envelope.Length));
            Assert.Null(DirectFrame.Length(frame.AsSpan(0, DirectFrame.LengthBytes), envelope.Length - 1));
            Assert.Equal(envelope, frame[DirectFrame.LengthBytes..]);
        },
        iter: Records);

    [Fact]
    public void Direct_replies() => Gen.Select(User, Fingerprint, Bytes(50)).Sample(
        (recipient, sender, envelope) =>
        {
            var message = MessageDigest.Of(envelope);
            byte[] reply = DirectFrame.Reply(recipient, sender, message);
            Assert.Equal(DirectReply.Delivered, DirectFrame.Read(reply, Users.Known, recipient.Fingerprint, sender, message));
            Assert.Equal(DirectReply.Unsigned, DirectFrame.Read(reply, Users.Known, recipient.Fingerprint, sender, MessageDigest.Of([.. envelope, 1])));
        },
        iter: Records);

    [Fact]
    public void Cache_files() => Gen.Select(Text(300), Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue], Bytes(300)).Select((key, at, ttl, payload) => new SavedEntry(key, at, ttl, payload)).Array[0, 8].Sample(
        entries =>
        {
            byte[] file = CacheFile.Write(entries);
            IReadOnlyList<SavedEntry> read = CacheFile.Read(file)!;
            Assert.Equal(
                entries.Select(entry => (entry.Key, entry.CachedAtMs, entry.TtlMs, Convert.ToHexString(entry.Payload))),
                read.Select(entry => (entry.Key, entry.CachedAtMs, entry.TtlMs, Convert.ToHexString(entry.Payload))));
            Assert.Equal(file, CacheFile.Write(read));
        },
        iter: Records);

    [Fact]
    public void Kept_records() => Gen.Select(Text(100), Bytes(InfoHash.Bytes, InfoHash.Bytes), Number, Gen.Select(Gen.UShort, Gen.UShort, Gen.Bool), Bytes(300))
        .Select((name, key, id, numbers, data) => new KeptRecord(name, new InfoHash(key), id, numbers.Item1, numbers.Item2, numbers.Item3, data)).Array[0, 8].Sample(
        records =>
        {
            byte[] file = KeptRecordFile.Write(records);
            IReadOnlyList<KeptRecord> read = KeptRecordFile.Read(file)!;
            Assert.Equal(records.Select(record => record with { Data = [] }), read.Select(record => record with { Data = [] }), SameButData.Instance);
            Assert.Equal(records.Select(record => Convert.ToHexString(record.Data)), read.Select(record => Convert.ToHexString(record.Data)));
            Assert.Equal(file, KeptRecordFile.Write([.. read]));
        },
        iter: Records);

    [Fact]
    public void State_frames() => Gen.Select(OneOf(StateKind.Outbox, StateKind.OutboxPart, StateKind.Delivered), Bytes(300), Gen.Int[0, 400], Gen.Byte[1, 255]).Sample(
        (kind, content, at, change) =>
        {
            byte[] file = StateFrame.Write(kind, content);
            Assert.Equal(RecordStatus.Ok, StateFrame.Read(file, kind, out ReadOnlySpan<byte> read));
            Assert.Equal(content, read.ToArray());
            Assert.NotEqual(RecordStatus.Ok, StateFrame.Read(file, StateKind.Salts, out _));
            file[at % file.Length] ^= change;
            Assert.NotEqual(RecordStatus.Ok, StateFrame.Read(file, kind, out _));
        },
        iter: Records);

    [Fact]
    public void Delivered_messages() => Gen.Select(Bytes(20), Number).Array[0, 40].Sample(
        delivered =>
        {
            var log = new DeliveredMessages();
            foreach ((byte[] envelope, ulong time) in delivered) log.Add(MessageDigest.Of(envelope), time, ulong.MaxValue, now: 1000);
            var again = new DeliveredMessages();
            again.Read(log.Write(), 1000);
            Assert.All(delivered, one => Assert.True(again.Contains(MessageDigest.Of(one.Item1))));
            Assert.Equal(log.Newest(50).Messages.ToHashSet(), again.Newest(50).Messages.ToHashSet());
        },
        iter: Records);

    private sealed class SameButData : IEqualityComparer<KeptRecord>
    {
        public static SameButData Instance { get; } = new();

        public bool Equals(KeptRecord? left, KeptRecord? right) => left! with { Data = None } == right! with { Data = None };

        public int GetHashCode(KeptRecord record) => record.Name.GetHashCode(StringComparison.Ordinal);

        private static readonly byte[] None = [];
    }
}
