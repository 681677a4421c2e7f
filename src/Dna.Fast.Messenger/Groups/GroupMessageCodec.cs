using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>One writer's messages to a group as text and back (DNA layer, section 12.7). Any thread.</summary>
/// <remarks>
/// Plain JSON: <c>version 2, sender_fingerprint, group_uuid, messages[{message_id, sender_fingerprint, group_uuid, timestamp_ms, gsk_version, nonce, ciphertext, tag, signature}]</c>, bytes in
/// base64. The specification names the fields of a message in words; their spelling is ours.
/// </remarks>
public static class GroupMessageCodec
{
    /// <summary>Messages of one record.</summary>
    public const int MessagesMax = 500;

    private const byte Version = 2;

    /// <summary>Reads the messages of a group; incomplete ones and those of other groups or writers are left out. Says nothing about signatures.</summary>
    public static RecordStatus Read(ReadOnlySpan<byte> data, string uuid, out List<GroupMessage> messages)
    {
        messages = [];
        if (!JsonRecord.TryParse(data, out JsonRecord json)) return RecordStatus.Malformed;
        if (json.UInt64("version") is not { } version || UserFingerprint.Normalise(json.Text("sender_fingerprint")) is not { } writer || json.Text("group_uuid") != uuid)
            return RecordStatus.Incomplete;
        if (version != Version) return RecordStatus.UnknownVersion;
        if (json.Objects("messages", MessagesMax) is not { } entries) return RecordStatus.TooLarge;
        foreach (JsonRecord entry in entries)
        {
            if (ReadMessage(entry) is { } message && message.Sender == writer && message.Uuid == uuid) messages.Add(message);
        }

        return RecordStatus.Ok;
    }

    /// <summary>The messages of one writer.</summary>
    public static byte[] Write(string sender, string uuid, IEnumerable<GroupMessage> messages)
    {
        JsonCWriter json = new JsonCWriter(JsonSpacing.Plain, sizeHint: 16 * 1024).BeginObject()
            .Field("version", Version).Field("sender_fingerprint", sender).Field("group_uuid", uuid).Name("messages").BeginArray();
        foreach (GroupMessage message in messages)
        {
            json.BeginObject().Field("message_id", message.Id).Field("sender_fingerprint", message.Sender).Field("group_uuid", message.Uuid)
                .Field("timestamp_ms", message.TimestampMs).Field("gsk_version", message.KeyVersion)
                .Field("nonce", Convert.ToBase64String(message.Nonce.Span)).Field("ciphertext", Convert.ToBase64String(message.Ciphertext.Span))
                .Field("tag", Convert.ToBase64String(message.Tag.Span)).Field("signature", Convert.ToBase64String(message.Signature.Span)).EndObject();
        }

        return json.EndArray().EndObject().ToArray();
    }

    private static GroupMessage? ReadMessage(JsonRecord json)
    {
        if (json.Text("message_id") is not { } id || json.Text("sender_fingerprint") is not { } sender || json.Text("group_uuid") is not { } uuid
            || json.UInt64("timestamp_ms") is not { } timestamp || json.UInt32("gsk_version") is not { } keyVersion
            || json.Base64("nonce") is not { Length: GroupMessage.NonceBytes } nonce || json.Base64("tag") is not { Length: GroupMessage.TagBytes } tag
            || json.Base64("ciphertext") is not { Length: > 0 and <= GroupMessage.TextBytesMax } ciphertext || json.Base64("signature") is not { } signature)
            return null;
        return new GroupMessage(id, sender, uuid, timestamp, keyVersion, nonce, ciphertext, tag, signature);
    }
}
