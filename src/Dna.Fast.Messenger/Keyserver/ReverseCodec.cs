using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Reverse entries as text and back (DNA layer, section 8.1). Any thread.</summary>
/// <remarks>json-c's spaced JSON, 14.7 KB in the messenger suite: <c>dilithium_pubkey</c> (hex), <c>identity</c>, <c>timestamp</c>, <c>fingerprint</c>, <c>signature</c> (hex).</remarks>
public static class ReverseCodec
{
    /// <summary>Signs a new entry.</summary>
    /// <param name="identity">At most <see cref="PublicKeyCodec.IdentityBytesMax"/> bytes of UTF-8.</param>
    /// <param name="timestamp">Seconds since 1970.</param>
    public static ReverseEntry Sign(IUserKeys keys, string identity, ulong timestamp)
    {
        var entry = new ReverseEntry { SigningKey = keys.SigningKey, Identity = identity, Timestamp = timestamp, Fingerprint = keys.Fingerprint, Signature = default };
        byte[] signature = new byte[keys.Suite.SignatureBytes];
        keys.Sign(SignedMessage(entry), signature);
        return entry with { Signature = signature };
    }

    /// <summary>Reads an entry; says nothing about its signature.</summary>
    public static RecordStatus Read(ReadOnlySpan<byte> data, SuiteSet suites, out ReverseEntry? entry)
    {
        entry = null;
        if (!JsonRecord.TryParse(data, out JsonRecord json)) return RecordStatus.Malformed;
        if (json.Hex("dilithium_pubkey") is not { } signing || json.Text("identity") is not { } identity || json.UInt64("timestamp") is not { } timestamp
            || json.Text("fingerprint") is not { } fingerprint || json.Hex("signature") is not { } signature)
            return RecordStatus.Incomplete;
        if (!KeySizes.Fit(suites, signing, signature)) return RecordStatus.UnknownSuite;
        if (UserFingerprint.Normalise(fingerprint) != fingerprint || System.Text.Encoding.UTF8.GetByteCount(identity) > PublicKeyCodec.IdentityBytesMax)
            return RecordStatus.Incomplete;
        entry = new ReverseEntry { SigningKey = signing, Identity = identity, Timestamp = timestamp, Fingerprint = fingerprint, Signature = signature };
        return RecordStatus.Ok;
    }

    /// <summary>Reads an entry and makes sure that it is this user's, as <see cref="PublicKeyCodec.ReadVerified"/> does.</summary>
    public static RecordStatus ReadVerified(ReadOnlySpan<byte> data, SuiteSet suites, string fingerprint, out ReverseEntry? entry)
    {
        RecordStatus status = Read(data, suites, out entry);
        if (entry is null) return status;
        if (entry.Fingerprint == fingerprint && suites.Verify(entry.SigningKey.Span, fingerprint, SignedMessage(entry), entry.Signature.Span)) return RecordStatus.Ok;
        entry = null;
        return RecordStatus.BadSignature;
    }

    /// <summary>The entry as the original client prints it.</summary>
    public static byte[] Write(ReverseEntry entry) => new JsonCWriter(JsonSpacing.Spaced, sizeHint: 16 * 1024)
        .BeginObject()
        .Name("dilithium_pubkey").Hex(entry.SigningKey.Span)
        .Field("identity", entry.Identity)
        .Field("timestamp", entry.Timestamp)
        .Field("fingerprint", entry.Fingerprint)
        .Name("signature").Hex(entry.Signature.Span)
        .EndObject().ToArray();

    /// <summary>What the signature covers: <c>signing key | identity | timestamp, 8 bytes big-endian</c>.</summary>
    public static byte[] SignedMessage(ReverseEntry entry) => new ByteWriter(3 * 1024)
        .Bytes(entry.SigningKey.Span).Text(entry.Identity).UInt64(entry.Timestamp).ToArray();
}
