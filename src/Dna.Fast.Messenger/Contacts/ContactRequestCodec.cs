using System.Text;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Contact requests as bytes and back (DNA layer, section 15.5). Any thread.</summary>
/// <remarks>
/// <c>"DNAR" 4 | version 1 | timestamp 8 | expiry 8 | fingerprint 129 | name 64 | signing key | message 256 | signature length 2 | signature over all before the length</c>; numbers
/// big-endian, texts padded with zeros. The fast suite's key makes its record shorter: the total length says which it is.
/// The original's signature does not say whom the sender asks, so that a request could be carried to somebody else. Ours does: the last 16 bytes of the field of the name, behind the zero that
/// ends it, are the first of SHA3-256(<c>"dna-request-v1" | recipient's fingerprint</c>); old readers stop at the zero. In old clients' requests they are zero.
/// </remarks>
public static class ContactRequestCodec
{
    /// <summary>Bytes of the field of the name, with its zero.</summary>
    public const int NameSize = 64;

    /// <summary>Bytes a name of ours may have: a zero and the recipient's mark are behind it.</summary>
    public const int NameBytesMax = NameSize - 1 - RecipientBytes;

    /// <summary>Bytes of the field of the message, with its zero.</summary>
    public const int MessageSize = 256;

    private const uint Magic = 0x444E4152;
    private const byte Version = 1;
    private const int FingerprintSize = 129;
    private const int RecipientBytes = 16;

    // Behind magic, version, times and fingerprint.
    private const int NameAt = 4 + 1 + 8 + 8 + FingerprintSize;

    // Magic, version, times, fingerprint, name, message, length.
    private const int FixedBytes = NameAt + NameSize + MessageSize + 2;

    private static ReadOnlySpan<byte> RecipientLabel => "dna-request-v1"u8;

    /// <summary>Writes a request of ours, good for 7 days.</summary>
    /// <param name="recipient">Whom we ask: a fingerprint.</param>
    /// <returns>Null when the name or the message is too long or has a zero in it.</returns>
    public static byte[]? Sign(IUserKeys keys, string recipient, string name, string message, ulong timestamp)
    {
        if (!ProfileText.Fits(name, NameBytesMax + 1) || !ProfileText.Fits(message, MessageSize)) return null;
        ByteWriter writer = new ByteWriter(10 * 1024)
            .UInt32(Magic).Byte(Version).UInt64(timestamp).UInt64(timestamp + RecordLimits.WeekSeconds)
            .FixedText(keys.Fingerprint, FingerprintSize).FixedText(name, NameSize - RecipientBytes).Bytes(MarkOf(recipient)).Bytes(keys.SigningKey.Span).FixedText(message, MessageSize);
        byte[] signature = new byte[keys.Suite.SignatureBytes];
        keys.Sign(writer.Written, signature);
        return writer.UInt16((ushort)signature.Length).Bytes(signature).ToArray();
    }

    /// <summary>Reads a request and checks its signature, its fingerprint, its expiry and, where it says so, that it is for this recipient.</summary>
    /// <param name="recipient">Who reads: a fingerprint.</param>
    /// <param name="now">Seconds since 1970.</param>
    public static RecordStatus ReadVerified(ReadOnlySpan<byte> data, SuiteSet suites, string recipient, ulong now, out ContactRequest? request)
    {
        request = null;
        var reader = new ByteReader(data);
        if (!reader.TryUInt32(out uint magic) || magic != Magic || !reader.TryByte(out byte version)) return RecordStatus.Malformed;
        if (version != Version) return RecordStatus.UnknownVersion;
        if (suites.OfSigned(data.Length - FixedBytes) is not { } suite) return RecordStatus.UnknownSuite;
        if (!reader.TryUInt64(out ulong timestamp) || !reader.TryUInt64(out ulong expiry)
            || !reader.TryFixedText(FingerprintSize, out string sender) || !reader.TryFixedText(NameSize, out string name)
            || !reader.TryBytes((uint)suite.SigningKeyBytes, out ReadOnlySpan<byte> signingKey) || !reader.TryFixedText(MessageSize, out string message))
            return RecordStatus.Malformed;
        ReadOnlySpan<byte> signed = data[..^reader.Rest.Length];
        if (!reader.TryUInt16(out ushort length) || !reader.TryBytes(length, out ReadOnlySpan<byte> signature) || length != suite.SignatureBytes) return RecordStatus.Malformed;
        if (now >= expiry) return RecordStatus.Expired;
        if (!suites.Verify(signingKey, sender, signed, signature)) return RecordStatus.BadSignature;
        // An old client's name may reach into the last bytes; then there is no zero before them.
        ReadOnlySpan<byte> field = data.Slice(NameAt, NameSize), mark = field[^RecipientBytes..];
        bool isAddressed = mark.ContainsAnyExcept((byte)0) && field[^(RecipientBytes + 1)] == 0;
        if (isAddressed && !mark.SequenceEqual(MarkOf(recipient))) return RecordStatus.BadSignature;
        request = new ContactRequest(timestamp, expiry, sender, name, signingKey.ToArray(), message, isAddressed);
        return RecordStatus.Ok;
    }

    private static byte[] MarkOf(string recipient)
    {
        byte[] hash = new byte[Sha3.Bytes256];
        Sha3.Hash256([.. RecipientLabel, .. Encoding.UTF8.GetBytes(recipient)], hash);
        return hash[..RecipientBytes];
    }
}
