using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Contact requests as bytes and back (DNA layer, section 15.5). Any thread.</summary>
/// <remarks>
/// <c>"DNAR" 4 | version 1 | timestamp 8 | expiry 8 | fingerprint 129 | name 64 | signing key | message 256 | signature length 2 | signature over all before the length</c>; numbers
/// big-endian, texts padded with zeros. The fast suite's key makes its record shorter: the total length says which it is.
/// </remarks>
public static class ContactRequestCodec
{
    /// <summary>Bytes of the field of the name, with its zero.</summary>
    public const int NameSize = 64;

    /// <summary>Bytes of the field of the message, with its zero.</summary>
    public const int MessageSize = 256;

    private const uint Magic = 0x444E4152;
    private const byte Version = 1;
    private const int FingerprintSize = 129;

    // Magic, version, times, fingerprint, name, message, length.
    private const int FixedBytes = 4 + 1 + 8 + 8 + FingerprintSize + NameSize + MessageSize + 2;

    /// <summary>Writes a request of ours, good for 7 days.</summary>
    /// <returns>Null when the name or the message is too long or has a zero in it.</returns>
    public static byte[]? Sign(IUserKeys keys, string name, string message, ulong timestamp)
    {
        if (!ProfileText.Fits(name, NameSize) || !ProfileText.Fits(message, MessageSize)) return null;
        ByteWriter writer = new ByteWriter(10 * 1024)
            .UInt32(Magic).Byte(Version).UInt64(timestamp).UInt64(timestamp + RecordLimits.WeekSeconds)
            .FixedText(keys.Fingerprint, FingerprintSize).FixedText(name, NameSize).Bytes(keys.SigningKey.Span).FixedText(message, MessageSize);
        byte[] signature = new byte[keys.Suite.SignatureBytes];
        keys.Sign(writer.Written, signature);
        return writer.UInt16((ushort)signature.Length).Bytes(signature).ToArray();
    }

    /// <summary>Reads a request and checks its signature, its fingerprint and its expiry.</summary>
    /// <param name="now">Seconds since 1970.</param>
    public static RecordStatus ReadVerified(ReadOnlySpan<byte> data, SuiteSet suites, ulong now, out ContactRequest? request)
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
        request = new ContactRequest(timestamp, expiry, sender, name, signingKey.ToArray(), message);
        return RecordStatus.Ok;
    }
}
