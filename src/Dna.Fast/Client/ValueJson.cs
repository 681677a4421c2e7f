using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Client;

/// <summary>Values as one JSON object a line, for programs.</summary>
/// <remarks>
/// <c>id</c>: hexadecimal digits (a number of 64 bits would lose some in most readers); <c>type</c>; <c>user_type</c>; <c>size</c>: bytes of data;
/// <c>data</c>: base64; <c>text</c>: the same, when it is UTF-8; signed values: <c>owner</c> (key id), <c>owner_key</c> (base64, DER), <c>seq</c>, <c>verified</c> (true: others are
/// not shown), <c>to</c>; <c>decrypted</c> (true) of values that came encrypted for us; <c>sealed_by</c> (fingerprint) of envelopes for us; values for others: <c>encrypted</c>,
/// <c>cypher</c> (base64); <c>priority</c> when not 0; <c>from</c>: the node it came from; <c>event</c>: of a listener.
/// </remarks>
internal static class ValueJson
{
    public static string Found(ShownValue shown) => JsonLine.Write(json => WriteValue(json, shown));

    /// <summary>A value nobody here can read.</summary>
    public static string Closed(FoundValue found) => JsonLine.Write(json => WriteClosed(json, found));

    /// <param name="shown">Null with an event that carries none.</param>
    public static string Heard(ValueChange change, ulong valueId, ShownValue? shown) => JsonLine.Write(json =>
    {
        json.WriteString("event", EventName(change));
        if (shown is not null) WriteValue(json, shown);
        else json.WriteString("id", Hex(valueId));
    });

    internal static string EventName(ValueChange change) => change switch
    {
        ValueChange.Stored => "value",
        ValueChange.Refreshed => "refreshed",
        _ => "expired",
    };

    private static void WriteClosed(Utf8JsonWriter json, FoundValue found)
    {
        if (ValueReader.Read(found.Packed.Span, out ValueView value, out _) != DecodeStatus.Ok) return;
        json.WriteString("id", Hex(value.Id));
        if (value.Priority != 0) json.WriteNumber("priority", value.Priority);
        json.WriteBoolean("encrypted", true);
        json.WriteNumber("size", value.Cypher.Length);
        json.WriteBase64String("cypher", value.Cypher);
        if (found.From.IsValid) json.WriteString("from", found.From.ToString());
    }

    private static void WriteValue(Utf8JsonWriter json, ShownValue shown)
    {
        VerifiedValue value = shown.Value;
        json.WriteString("id", Hex(value.Id));
        if (value.Priority != 0) json.WriteNumber("priority", value.Priority);
        json.WriteNumber("type", value.Type);
        if (value.UserType.Length > 0) json.WriteString("user_type", value.UserType);
        if (value.WasEncrypted) json.WriteBoolean("decrypted", true);
        if (value.IsSigned)
        {
            json.WriteString("owner", value.OwnerId.ToString());
            json.WriteBase64String("owner_key", value.Owner.Span);
            json.WriteNumber("seq", value.Seq);
            json.WriteBoolean("verified", true);
            if (value.Recipient is { } recipient) json.WriteString("to", recipient.ToString());
        }

        if (shown.SealedBy is { } sender) json.WriteString("sealed_by", sender);
        json.WriteNumber("size", shown.Data.Length);
        json.WriteBase64String("data", shown.Data.Span);
        // A stranger's bytes: only what is UTF-8 may become JSON text.
        if (Utf8.IsValid(shown.Data.Span)) json.WriteString("text", shown.Data.Span);
        if (value.From.IsValid) json.WriteString("from", value.From.ToString());
    }

    private static string Hex(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);
}
