using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Client;

/// <summary>Values as one JSON object a line, for programs.</summary>
/// <remarks>
/// <c>id</c>: hexadecimal digits (a number of 64 bits would lose some in most readers); <c>type</c>; <c>user_type</c>; <c>size</c>: bytes of data;
/// <c>data</c>: base64; <c>text</c>: the same, when it is UTF-8; signed values: <c>owner</c> (key id), <c>owner_key</c> (base64, DER), <c>seq</c>, <c>to</c>;
/// encrypted values: <c>encrypted</c>, <c>cypher</c> (base64); <c>priority</c> when not 0; <c>from</c>: the node it came from; <c>event</c>: of a listener.
/// </remarks>
internal static class ValueJson
{
    private static readonly JsonWriterOptions OneLine = new() { Indented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Found(in FoundValue found) => Write(null, found.Packed.Span, 0, found.From);

    public static string Heard(in ListenEvent change) => Write(EventName(change.Change), change.Packed.Span, change.ValueId, default);

    internal static string EventName(ValueChange change) => change switch
    {
        ValueChange.Stored => "value",
        ValueChange.Refreshed => "refreshed",
        _ => "expired",
    };

    private static string Write(string? eventName, ReadOnlySpan<byte> packed, ulong valueId, NodeAddress from)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, OneLine))
        {
            json.WriteStartObject();
            if (eventName is not null) json.WriteString("event", eventName);
            if (!packed.IsEmpty && ValueReader.Read(packed, out ValueView value, out _) == DecodeStatus.Ok) WriteValue(json, value);
            else json.WriteString("id", valueId.ToString("x", CultureInfo.InvariantCulture));
            if (from.IsValid) json.WriteString("from", from.ToString());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteValue(Utf8JsonWriter json, in ValueView value)
    {
        json.WriteString("id", value.Id.ToString("x", CultureInfo.InvariantCulture));
        if (value.Priority != 0) json.WriteNumber("priority", value.Priority);
        if (value.IsEncrypted)
        {
            json.WriteBoolean("encrypted", true);
            json.WriteNumber("size", value.Cypher.Length);
            json.WriteBase64String("cypher", value.Cypher);
            return;
        }

        json.WriteNumber("type", value.Type);
        // A stranger's bytes: only what is UTF-8 may become JSON text.
        if (!value.UserType.IsEmpty && Utf8.IsValid(value.UserType)) json.WriteString("user_type", value.UserType);
        if (value.IsSigned)
        {
            json.WriteString("owner", InfoHash.Of(value.Owner).ToString());
            json.WriteBase64String("owner_key", value.Owner);
            json.WriteNumber("seq", value.Seq);
            if (value.HasRecipient) json.WriteString("to", value.Recipient.ToString());
        }

        json.WriteNumber("size", value.Data.Length);
        json.WriteBase64String("data", value.Data);
        if (Utf8.IsValid(value.Data)) json.WriteString("text", value.Data);
    }
}
