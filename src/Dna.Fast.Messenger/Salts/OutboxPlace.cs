using System.Buffers.Binary;
using System.Globalization;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>Where one sender's messages to one recipient lie, and what is said of their arrival: at keys that anybody derives from the two fingerprints, or at salted ones, which only these two derive. Any thread.</summary>
/// <remarks>Salted: <c>P</c> are the 64 hex characters of SHA3-256(<c>"dna-salted-v1" | salt 32 | sender | recipient</c>), fingerprints as text, and the keys are those of <see cref="DnaKeys.SaltedOutbox"/>. What lies
/// there names nobody: sender and recipient of each message are empty.</remarks>
internal sealed class OutboxPlace
{
    private readonly string _sender;
    private readonly string _recipient;
    private readonly string? _salted;

    private OutboxPlace(string sender, string recipient, string? salted)
    {
        _sender = sender;
        _recipient = recipient;
        _salted = salted;
    }

    /// <summary>True: only who knows the salt finds it.</summary>
    public bool IsSalted => _salted is not null;

    /// <summary>Tells places of the same two users apart; 0 for the one without a salt.</summary>
    public ulong Mark => _salted is null ? 0 : BinaryPrimitives.ReadUInt64BigEndian(Convert.FromHexString(_salted)) | 1;

    public InfoHash Outbox => _salted is null ? DnaKeys.Outbox(_sender, _recipient) : DnaKeys.SaltedOutbox(_salted);

    public InfoHash Acknowledgement => _salted is null ? DnaKeys.Acknowledgement(_recipient, _sender) : DnaKeys.SaltedAcknowledgement(_salted);

    private static ReadOnlySpan<byte> Label => "dna-salted-v1"u8;

    public static OutboxPlace Plain(string sender, string recipient) => new(sender, recipient, salted: null);

    public static OutboxPlace Salted(ReadOnlySpan<byte> salt, string sender, string recipient)
    {
        byte[] hash = new byte[Sha3.Bytes256];
        Sha3.Hash256(new ByteWriter(512).Bytes(Label).Bytes(salt).Text(sender).Text(recipient).Written, hash);
        return new OutboxPlace(sender, recipient, Convert.ToHexStringLower(hash));
    }

    /// <summary>The base key of a part of a day: the later clients' for the first, with a number behind it for the others, which are ours.</summary>
    public string PartBase(ulong day, int part)
    {
        string first = _salted is null ? ChunkBases.OutboxDay(_sender, _recipient, day) : ChunkBases.SaltedOutboxDay(_salted, day);
        return part == 0 ? first : string.Create(CultureInfo.InvariantCulture, $"{first}:{part}");
    }

    /// <summary>Messages as they lie there.</summary>
    public byte[] Write(IReadOnlyCollection<OfflineMessage> messages) =>
        OutboxCodec.Write(IsSalted ? [.. messages.Select(message => message with { Sender = "", Recipient = "" })] : messages);

    /// <summary>What lies there, as far as it is this sender's to this recipient: values are signed whatever key they lie under, so that somebody else can carry them to another.</summary>
    public List<OfflineMessage> Read(ReadOnlySpan<byte> data)
    {
        OutboxCodec.Read(data, out List<OfflineMessage> messages);
        return IsSalted
            ? [.. messages.Where(message => message.Sender.Length == 0 && message.Recipient.Length == 0).Select(message => message with { Sender = _sender, Recipient = _recipient })]
            : [.. messages.Where(message => message.Sender == _sender && message.Recipient == _recipient)];
    }
}
