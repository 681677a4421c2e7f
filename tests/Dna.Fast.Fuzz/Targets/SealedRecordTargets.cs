using Dna.Fast.Messenger;

namespace Dna.Fast.Fuzz.Targets;

/// <summary>Records whose readers verify or open before they believe.</summary>
internal static class SealedRecordTargets
{
    private const string Uuid = "7c5a70e2-e407-4cb0-8c0c-7bfeb80c7572";

    private static readonly string Sender = Seeds.Fast(1).Fingerprint;
    private static readonly string Recipient = Seeds.Fast(2).Fingerprint;

    private static readonly SuiteSet Suites = Seeds.SuiteSet;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("acknowledgement", FuzzFormat.Binary, [Acknowledgement(), Acknowledgement()[..8]], ReadAcknowledgement),
        new("direct-reply", FuzzFormat.Binary, [DirectReply(), DirectReply()[..1]], ReadDirectReply),
        new("salt-note", FuzzFormat.Binary, [.. new[] { SaltNoteKind.Offer, SaltNoteKind.Accept }.Select(kind => new SaltNote(kind, 1000, new byte[SaltNote.SaltBytes]).Write(Sender, Recipient))], ReadSaltNote),
        new("contact-request", FuzzFormat.Binary, [ContactRequestCodec.Sign(Seeds.Fast(1), Seeds.Fast(2).Fingerprint, "alice", "Hello", 1000)!], ReadRequest),
        // BouncyCastle takes some 200 KB to verify.
        new("contact-request-messenger", FuzzFormat.Binary, [ContactRequestCodec.Sign(Seeds.Alice, Seeds.Fast(2).Fingerprint, "alice", "Hello", 1000)!], ReadRequest)
        {
            AllocatedBase = 1 << 20,
            TestInputs = 500,
        },
        new("group-key", FuzzFormat.Binary, [Packet()], ReadPacket),
        new("contact-list-text", FuzzFormat.Json, [ContactListCodec.WriteJson(Contacts())], ReadContactText),
        new("contact-list", FuzzFormat.Binary, [ContactListCodec.Seal(Seeds.Fast(1), Contacts())!], bytes => ContactListCodec.Open(bytes, Seeds.Fast(1), out _) == RecordStatus.Ok),
        // BouncyCastle takes some 200 KB to verify.
        new("contact-list-messenger", FuzzFormat.Binary, [Seeds.Record("contactlist.0")], bytes => ContactListCodec.Open(bytes, Seeds.Alice, out _) == RecordStatus.Ok)
        {
            AllocatedBase = 1 << 20,
            TestInputs = 500,
        },
    ];

    private static bool ReadAcknowledgement(byte[] input) =>
        AcknowledgementCodec.Read(input, Suites, Seeds.Fast(1).Fingerprint, Seeds.Fast(2).Fingerprint, out _) == RecordStatus.Ok;

    private static bool ReadSaltNote(byte[] input)
    {
        if (SaltNote.Read(input, Sender, Recipient, out SaltNote? note) != RecordStatus.Ok) return false;
        if (!note!.Write(Sender, Recipient).AsSpan().SequenceEqual(input)) throw new FuzzFailure("another note after writing");
        return true;
    }

    private static bool ReadDirectReply(byte[] input)
    {
        // The length that a server reads first.
        if (input.Length >= DirectFrame.LengthBytes && DirectFrame.Length(input.AsSpan(0, DirectFrame.LengthBytes), DirectLimits.EnvelopeBytesMax) is <= 0 or > DirectLimits.EnvelopeBytesMax)
            throw new FuzzFailure("a length beyond its bound");
        return DirectFrame.Read(input, Suites, Seeds.Fast(1).Fingerprint, Seeds.Fast(2).Fingerprint, MessageDigest.Of([1])) != Messenger.DirectReply.Wrong;
    }

    private static bool ReadRequest(byte[] input) => ContactRequestCodec.ReadVerified(input, Suites, Seeds.Fast(2).Fingerprint, 1000, out _) == RecordStatus.Ok;

    private static bool ReadPacket(byte[] input)
    {
        if (GroupKeyPacket.Read(input, Seeds.Suites.Fast, Seeds.Fast(1).SigningKey.Span, out GroupKeyPacket? packet) != RecordStatus.Ok) return false;
        packet!.TryOpen(Seeds.Fast(2), new byte[GroupKeyPacket.KeyBytes]);
        return true;
    }

    private static bool ReadContactText(byte[] input)
    {
        if (ContactListCodec.ReadJson(input, out ContactList? list) != RecordStatus.Ok) return false;
        ContactList.Merge(list!.Identity, [list, Contacts()], 2000);
        byte[] written = ContactListCodec.WriteJson(list);
        bool isRead = ContactListCodec.ReadJson(written, out ContactList? again) == RecordStatus.Ok;
        if (!isRead || !written.AsSpan().SequenceEqual(ContactListCodec.WriteJson(again!))) throw new FuzzFailure("another list after writing");
        return true;
    }

    private static byte[] Acknowledgement() =>
        AcknowledgementCodec.Sign(Seeds.Fast(1), Seeds.Fast(2).Fingerprint, 1000, [MessageDigest.Of([1]), MessageDigest.Of([2])]);

    private static byte[] DirectReply() => DirectFrame.Reply(Seeds.Fast(1), Seeds.Fast(2).Fingerprint, MessageDigest.Of([1]));

    private static byte[] Packet() => GroupKeyPacket.Seal(
        Seeds.Fast(1), Uuid, 1, [(Seeds.Fast(1).Fingerprint, Seeds.Fast(1).EncryptionKey), (Seeds.Fast(2).Fingerprint, Seeds.Fast(2).EncryptionKey)], new byte[GroupKeyPacket.KeyBytes])!;

    private static ContactList Contacts() => new(
        Seeds.Fast(1).Fingerprint, 1000, [Seeds.Fast(2).Fingerprint, Seeds.Fast(3).Fingerprint], [new ContactChange(Seeds.Fast(3).Fingerprint, 900)], [new ContactChange(Seeds.Fast(4).Fingerprint, 800)]);
}
