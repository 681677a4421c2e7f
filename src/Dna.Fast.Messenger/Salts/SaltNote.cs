using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>What two clients say to each other of a salt.</summary>
internal enum SaltNoteKind : byte
{
    /// <summary>"Let us use this one; I read there from now on."</summary>
    Offer = 1,

    /// <summary>"I read there too."</summary>
    Accept = 2,
}

/// <summary>A note on a salt, sealed and signed as any message and shown to nobody. Any thread.</summary>
/// <remarks>
/// <c>0 1 | "DNASALT" 7 | version 1 | kind 1 | time 8 | salt 32 | whom 32</c>, time in seconds since 1970, big-endian; whom is SHA3-256(<c>"dna-salt-note-v1" | sender | recipient</c>), fingerprints as text: an
/// envelope's signature does not say whom it is for, so that its reader could seal it again for somebody else.
/// </remarks>
internal sealed record SaltNote(SaltNoteKind Kind, ulong Time, ReadOnlyMemory<byte> Salt)
{
    /// <summary>Bytes of a salt: as many as of the hash that it goes into.</summary>
    public const int SaltBytes = 32;

    private const byte Version = 1;

    // No text begins with a zero.
    private static ReadOnlySpan<byte> Magic => "\0DNASALT"u8;

    private static ReadOnlySpan<byte> Label => "dna-salt-note-v1"u8;

    /// <summary>True for a text that is a note, whatever is in it.</summary>
    public static bool IsOne(ReadOnlySpan<byte> text) => text.StartsWith(Magic);

    public byte[] Write(string sender, string recipient) =>
        new ByteWriter(128).Bytes(Magic).Byte(Version).Byte((byte)Kind).UInt64(Time).Bytes(Salt.Span).Bytes(WhomOf(sender, recipient)).ToArray();

    /// <param name="sender">Who sealed it: a fingerprint.</param>
    /// <param name="recipient">Who opened it: a fingerprint.</param>
    public static RecordStatus Read(ReadOnlySpan<byte> text, string sender, string recipient, out SaltNote? note)
    {
        note = null;
        if (!IsOne(text)) return RecordStatus.Malformed;
        var reader = new ByteReader(text[Magic.Length..]);
        if (!reader.TryByte(out byte version)) return RecordStatus.Malformed;
        if (version != Version) return RecordStatus.UnknownVersion;
        if (!reader.TryByte(out byte kind) || !reader.TryUInt64(out ulong time) || !reader.TryBytes(SaltBytes, out ReadOnlySpan<byte> salt)
            || !reader.TryBytes(Sha3.Bytes256, out ReadOnlySpan<byte> whom) || !reader.IsAtEnd || (SaltNoteKind)kind is not (SaltNoteKind.Offer or SaltNoteKind.Accept))
            return RecordStatus.Malformed;
        if (!whom.SequenceEqual(WhomOf(sender, recipient))) return RecordStatus.BadSignature;
        note = new SaltNote((SaltNoteKind)kind, time, salt.ToArray());
        return RecordStatus.Ok;
    }

    private static byte[] WhomOf(string sender, string recipient)
    {
        byte[] hash = new byte[Sha3.Bytes256];
        Sha3.Hash256(new ByteWriter(512).Bytes(Label).Text(sender).Text(recipient).Written, hash);
        return hash;
    }
}
