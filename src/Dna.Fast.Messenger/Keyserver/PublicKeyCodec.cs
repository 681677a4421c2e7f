using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Public-key entries as text and back (DNA layer, section 8.1). Any thread.</summary>
/// <remarks>
/// json-c's spaced JSON, 17,846 bytes with a short name in the messenger suite: <c>identity</c>, <c>dilithium_pubkey</c> (hex), <c>kyber_pubkey</c> (hex), <c>timestamp</c>,
/// <c>version</c>, <c>fingerprint</c>, <c>signature</c> (hex). The fast suite uses the same names for its shorter keys.
/// </remarks>
public static class PublicKeyCodec
{
    /// <summary>Signs a new entry.</summary>
    /// <param name="identity">At most <see cref="IdentityBytesMax"/> bytes of UTF-8.</param>
    /// <param name="timestamp">Seconds since 1970.</param>
    public static PublicKeyEntry Sign(IUserKeys keys, string identity, ulong timestamp, uint version)
    {
        var entry = new PublicKeyEntry
        {
            Identity = identity,
            SigningKey = keys.SigningKey,
            EncryptionKey = keys.EncryptionKey,
            Timestamp = timestamp,
            Version = version,
            Fingerprint = keys.Fingerprint,
            Signature = default,
        };
        byte[] signature = new byte[keys.Suite.SignatureBytes];
        keys.Sign(SignedMessage(entry), signature);
        return entry with { Signature = signature };
    }

    /// <summary>Bytes an identity may have: a fingerprint, which is longer than any name.</summary>
    public const int IdentityBytesMax = 256;

    /// <summary>Reads an entry; says nothing about its signature.</summary>
    public static RecordStatus Read(ReadOnlySpan<byte> data, SuiteSet suites, out PublicKeyEntry? entry)
    {
        entry = null;
        if (!JsonRecord.TryParse(data, out JsonRecord json)) return RecordStatus.Malformed;
        if (json.Text("identity") is not { } identity || json.Hex("dilithium_pubkey") is not { } signing || json.Hex("kyber_pubkey") is not { } encryption
            || json.UInt64("timestamp") is not { } timestamp || json.UInt32("version") is not { } version
            || json.Text("fingerprint") is not { } fingerprint || json.Hex("signature") is not { } signature)
            return RecordStatus.Incomplete;
        if (!KeySizes.Fit(suites, signing, encryption, signature)) return RecordStatus.UnknownSuite;
        if (UserFingerprint.Normalise(fingerprint) != fingerprint || System.Text.Encoding.UTF8.GetByteCount(identity) > IdentityBytesMax) return RecordStatus.Incomplete;
        entry = new PublicKeyEntry
        {
            Identity = identity,
            SigningKey = signing,
            EncryptionKey = encryption,
            Timestamp = timestamp,
            Version = version,
            Fingerprint = fingerprint,
            Signature = signature,
        };
        return RecordStatus.Ok;
    }

    /// <summary>Reads an entry and makes sure that it is this user's: the fingerprint it states, the one that was asked for and the hash of its key are one, and that key signed it.</summary>
    public static RecordStatus ReadVerified(ReadOnlySpan<byte> data, SuiteSet suites, string fingerprint, out PublicKeyEntry? entry)
    {
        RecordStatus status = Read(data, suites, out entry);
        if (entry is null) return status;
        if (entry.Fingerprint == fingerprint && suites.Verify(entry.SigningKey.Span, fingerprint, SignedMessage(entry), entry.Signature.Span)) return RecordStatus.Ok;
        entry = null;
        return RecordStatus.BadSignature;
    }

    /// <summary>The entry as the original client prints it.</summary>
    public static byte[] Write(PublicKeyEntry entry) => new JsonCWriter(JsonSpacing.Spaced, sizeHint: 18 * 1024)
        .BeginObject()
        .Field("identity", entry.Identity)
        .Name("dilithium_pubkey").Hex(entry.SigningKey.Span)
        .Name("kyber_pubkey").Hex(entry.EncryptionKey.Span)
        .Field("timestamp", entry.Timestamp)
        .Field("version", entry.Version)
        .Field("fingerprint", entry.Fingerprint)
        .Name("signature").Hex(entry.Signature.Span)
        .EndObject().ToArray();

    /// <summary>What the signature covers: <c>identity | signing key | encryption key | timestamp, 8 bytes | version, 4 bytes | fingerprint</c>, numbers big-endian, texts in UTF-8 without end mark.</summary>
    public static byte[] SignedMessage(PublicKeyEntry entry) => new ByteWriter(5 * 1024)
        .Text(entry.Identity).Bytes(entry.SigningKey.Span).Bytes(entry.EncryptionKey.Span)
        .UInt64(entry.Timestamp).UInt32(entry.Version).Text(entry.Fingerprint).ToArray();
}
