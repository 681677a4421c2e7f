using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Hostile;

/// <summary>What waits for Bob in the outbox or, behind 6 full ones, in the daily bucket. What Bob cannot open as Alice's is nothing to Bob.</summary>
internal abstract class OfflineScene : ChunkedScene
{
    public override async Task WriteAsync(int version) =>
        await Alice.Queue.QueueAsync(Alice.Keys, Bob.Keys.Fingerprint, Sealed(Alice.Keys, $"message {version}"), Deadline);

    public override async Task<string> ReadAsync()
    {
        InboxReport report = await Bob.Inbox.RetrieveAsync(Bob.Keys.Fingerprint, [Alice.Keys.Fingerprint], InboxDepth.Recent, Deadline);
        IEnumerable<string> texts = report.Messages
            .Where(message => Bob.Keys.Open(message.Envelope.Span, out _, out byte[]? sender) == OpenStatus.Ok && UserFingerprint.Of(sender) == message.Sender)
            .Select(message => Bob.Keys.Open(message.Envelope.Span, out byte[]? plaintext, out _) == OpenStatus.Ok ? System.Text.Encoding.UTF8.GetString(plaintext!) : "");
        return string.Join(", ", texts.Where(text => text != Filler));
    }

    public override string Expected(int version) => version == 1 ? "message 1" : "message 1, message 2";

    public override IEnumerable<byte[]> Forged()
    {
        yield return List(Alice.Keys.Fingerprint, Bob.Keys.Fingerprint, Sealed(Mallory.Keys, "forged"));
        yield return List(Alice.Keys.Fingerprint, Bob.Keys.Fingerprint, [1, 2, 3]);
    }

    public override IEnumerable<byte[]> Foreign()
    {
        // To somebody else, and from somebody else: Bob reads Alice's outbox for Bob.
        yield return List(Alice.Keys.Fingerprint, Carol.Keys.Fingerprint, Alice.Keys.Seal([Carol.Keys.EncryptionKey], "to carol"u8)!);
        yield return List(Mallory.Keys.Fingerprint, Bob.Keys.Fingerprint, Sealed(Mallory.Keys, "from mallory"));
        yield return List(Carol.Keys.Fingerprint, Bob.Keys.Fingerprint, Sealed(Carol.Keys, "from carol"));
    }

    public override IEnumerable<byte[]> Oversized()
    {
        byte[] one = List(Alice.Keys.Fingerprint, Bob.Keys.Fingerprint, Sealed(Mallory.Keys, "forged"));
        yield return [0xFF, 0xFF, 0xFF, 0xFF, .. one.AsSpan(4)];
        yield return [0, 0, 0x27, 0x11, .. one.AsSpan(4)];
        yield return [.. one.AsSpan(0, one.Length - 1)];
    }

    protected const string Filler = "filler";

    protected byte[] Sealed(IUserKeys from, string text) => from.Seal([from.EncryptionKey, Bob.Keys.EncryptionKey], System.Text.Encoding.UTF8.GetBytes(text))!;

    private byte[] List(string sender, string recipient, byte[] envelope) =>
        OutboxCodec.Write([new OfflineMessage(Later, Later + RecordLimits.WeekSeconds, sender, recipient, envelope, IsNumbered ? 1 : null)]);

    protected abstract bool IsNumbered { get; }
}

internal sealed class OutboxScene : OfflineScene
{
    protected override string Base => "";

    protected override InfoHash Key => DnaKeys.Outbox(Alice.Keys.Fingerprint, Bob.Keys.Fingerprint);

    protected override bool IsNumbered => false;

    public override void Plant(byte[] data, byte[] owner, ulong id) => PlantAt(Key, data, owner, id);
}

internal sealed class BucketScene : OfflineScene
{
    protected override string Base => ChunkBases.OutboxDay(Alice.Keys.Fingerprint, Bob.Keys.Fingerprint, DnaKeys.DayOf(Bob.Network.Now));

    protected override bool IsNumbered => true;

    // One long message leaves no room in the outbox for a second one of any length that counts.
    public override async Task WriteAsync(int version)
    {
        if (version == 1) await Alice.Queue.QueueAsync(Alice.Keys, Bob.Keys.Fingerprint, Long(), Deadline);
        await base.WriteAsync(version);
    }

    private byte[] Long()
    {
        int room = OutboxLimits.EnvelopeBytesMax - Alice.Keys.Suite.EnvelopeBytes(0, 2);
        return Alice.Keys.Seal([Alice.Keys.EncryptionKey, Carol.Keys.EncryptionKey], new byte[room])!;
    }
}

/// <summary>Which of two messages Alice believes that Bob has. Here Bob writes and Alice reads.</summary>
internal sealed class AcknowledgementScene : HostileScene
{
    private static readonly MessageDigest First = MessageDigest.Of([1]), Second = MessageDigest.Of([2]);

    protected override InfoHash Key => DnaKeys.Acknowledgement(Bob.Keys.Fingerprint, Alice.Keys.Fingerprint);

    public override async Task WriteAsync(int version)
    {
        OfflineMessage message = new(Alice.Network.Now, Later, Alice.Keys.Fingerprint, Bob.Keys.Fingerprint, new byte[] { (byte)version });
        // Alice's owner key in the tests of other readers is the victim's here too: Bob's client is what Mallory wants to push aside.
        await Bob.Inbox.ConfirmAsync(Bob.Keys, [message], Deadline);
    }

    public override async Task<string> ReadAsync()
    {
        DeliveryAcknowledgement? known = (await Alice.Queue.AcknowledgementAsync(Alice.Keys.Fingerprint, Bob.Keys.Fingerprint, Deadline)).Value;
        return known is null ? "" : $"{known.Delivered.Contains(First)} {known.Delivered.Contains(Second)} {known.Delivered.Count}";
    }

    public override string Expected(int version) => version == 1 ? "True False 1" : "True True 2";

    public override IEnumerable<byte[]> Forged()
    {
        byte[] own = AcknowledgementCodec.Sign(Mallory.Keys, Alice.Keys.Fingerprint, Later, [First, Second]);
        yield return own;
        yield return own[..8];
        int keyAt = own.Length - Mallory.Keys.Suite.SigningKeyBytes - Mallory.Keys.Suite.SignatureBytes;
        yield return [.. own.AsSpan(0, keyAt), .. Bob.Keys.SigningKey.Span, .. own.AsSpan(keyAt + Bob.Keys.SigningKey.Length)];
    }

    public override IEnumerable<byte[]> Foreign()
    {
        yield return AcknowledgementCodec.Sign(Bob.Keys, Carol.Keys.Fingerprint, Later, [First, Second]);
        yield return AcknowledgementCodec.Sign(Carol.Keys, Alice.Keys.Fingerprint, Later, [First, Second]);
    }

    public override IEnumerable<byte[]> Oversized()
    {
        MessageDigest[] many = [.. Enumerable.Range(0, AcknowledgementCodec.DeliveredMax).Select(i => new MessageDigest((UInt128)i))];
        byte[] full = AcknowledgementCodec.Sign(Bob.Keys, Alice.Keys.Fingerprint, Later, many);
        // One more than may be, with and without the bytes for it.
        yield return [.. full.AsSpan(0, 8), 0x07, 0xD1, .. full.AsSpan(10)];
        yield return [.. full.AsSpan(0, 8), 0xFF, 0xFF, .. full.AsSpan(10)];
    }
}
