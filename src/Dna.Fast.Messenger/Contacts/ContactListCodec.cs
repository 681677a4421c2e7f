using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>Contact lists as sealed bytes and back (DNA layer, section 13). Any thread.</summary>
/// <remarks>
/// <c>"CLST" 4 | version 1 | timestamp 8 | expiry 8 | length 4 | envelope to ourselves | length 4 | signature over the JSON</c>, numbers big-endian; the JSON is plain: <c>identity, version
/// 1, timestamp, contacts[]</c>, and ours <c>keeps_times, [added{fingerprint: time}], [removed{…}]</c>. The inner expiry is written for old clients and not looked at: a list of ours does not end.
/// </remarks>
public static class ContactListCodec
{
    private const uint Magic = 0x434C5354;
    private const byte Version = 1;

    /// <summary>Seals and signs a list.</summary>
    /// <returns>Null when our own keys cannot seal, which keys of a suite can.</returns>
    public static byte[]? Seal(IUserKeys keys, ContactList list)
    {
        byte[] json = WriteJson(list);
        if (keys.Seal([keys.EncryptionKey], json) is not { } envelope) return null;
        byte[] signature = new byte[keys.Suite.SignatureBytes];
        keys.Sign(json, signature);
        return new ByteWriter(envelope.Length + signature.Length + 64)
            .UInt32(Magic).Byte(Version).UInt64(list.Timestamp).UInt64(list.Timestamp + RecordLimits.WeekSeconds)
            .UInt32((uint)envelope.Length).Bytes(envelope).UInt32((uint)signature.Length).Bytes(signature).ToArray();
    }

    /// <summary>Opens a list of ours: sealed to us, its inner sender and its outer signature both ours, and its identity our fingerprint.</summary>
    public static RecordStatus Open(ReadOnlySpan<byte> data, IUserKeys keys, out ContactList? list)
    {
        list = null;
        var reader = new ByteReader(data);
        if (!reader.TryUInt32(out uint magic) || magic != Magic || !reader.TryByte(out byte version)) return RecordStatus.Malformed;
        if (version != Version) return RecordStatus.UnknownVersion;
        if (!reader.TryUInt64(out ulong timestamp) || !reader.TryUInt64(out _)
            || !reader.TryUInt32(out uint length) || !reader.TryBytes(length, out ReadOnlySpan<byte> envelope)
            || !reader.TryUInt32(out uint signatureLength) || !reader.TryBytes(signatureLength, out ReadOnlySpan<byte> signature))
            return RecordStatus.Malformed;
        if (keys.Open(envelope, out byte[]? json, out byte[]? sender) != OpenStatus.Ok || !sender.AsSpan().SequenceEqual(keys.SigningKey.Span)) return RecordStatus.BadSignature;
        if (!keys.Suite.Verify(keys.SigningKey.Span, json, signature)) return RecordStatus.BadSignature;
        RecordStatus status = ReadJson(json, out ContactList? read);
        if (read is null) return status;
        // An old envelope in a newer frame: the signed time decides.
        if (read.Timestamp != timestamp || read.Identity != keys.Fingerprint) return RecordStatus.BadSignature;
        list = read;
        return RecordStatus.Ok;
    }

    internal static byte[] WriteJson(ContactList list)
    {
        JsonCWriter json = new JsonCWriter(JsonSpacing.Plain).BeginObject()
            .Field("identity", list.Identity).Field("version", Version).Field("timestamp", list.Timestamp).Name("contacts").BeginArray();
        foreach (string contact in list.Contacts) json.Value(contact);
        json.EndArray();
        if (list.KeepsTimes) json.Field("keeps_times", true);
        WriteTimes(json, "added", list.Added);
        WriteTimes(json, "removed", list.Removed);
        return json.EndObject().ToArray();
    }

    internal static RecordStatus ReadJson(ReadOnlySpan<byte> data, out ContactList? list)
    {
        list = null;
        if (!JsonRecord.TryParse(data, out JsonRecord json)) return RecordStatus.Malformed;
        if (json.Text("identity") is not { } identity || json.UInt64("timestamp") is not { } timestamp || json.UInt64("version") is not { } version) return RecordStatus.Incomplete;
        if (version != Version) return RecordStatus.UnknownVersion;
        if (json.Texts("contacts", EntriesMax) is not { } contacts) return RecordStatus.TooLarge;
        string[] fingerprints = [.. contacts.Select(text => UserFingerprint.Normalise(text)).OfType<string>().Distinct()];
        list = new ContactList(identity, timestamp, fingerprints, ReadTimes(json.Object("added")), ReadTimes(json.Object("removed")), json.Bool("keeps_times") == true);
        return RecordStatus.Ok;
    }

    // What a value or an envelope can hold is far less; a reader stops here.
    private const int EntriesMax = 4096;

    private static void WriteTimes(JsonCWriter json, string name, IReadOnlyList<ContactChange> changes)
    {
        if (changes.Count == 0) return;
        json.Name(name).BeginObject();
        foreach (ContactChange change in changes) json.Field(change.Fingerprint, change.Timestamp);
        json.EndObject();
    }

    private static List<ContactChange> ReadTimes(JsonRecord? json)
    {
        if (json is not { } record) return [];
        var changes = new List<ContactChange>();
        foreach (string name in record.Names().Distinct().Take(EntriesMax))
        {
            if (UserFingerprint.Normalise(name) is { } fingerprint && record.UInt64(name) is { } time) changes.Add(new ContactChange(fingerprint, time));
        }

        return changes;
    }
}
