using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Dna.Fast.Messenger;

/// <summary>A JSON object that a stranger wrote: every getter says what is missing or of another kind with a null. Never throws on content.</summary>
internal readonly struct JsonRecord
{
    /// <summary>Nesting a record may have: no format goes deeper than 4, and recursion of a reader must end.</summary>
    private const int DepthMax = 16;

    private readonly JsonElement _object;

    private static JsonReaderOptions Options => new() { MaxDepth = DepthMax };

    private JsonRecord(JsonElement element) => _object = element;

    /// <summary>Reads one object; what follows it is not looked at, as json-c does it.</summary>
    /// <returns>False when it is no JSON object, or a name in it is no text.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out JsonRecord record)
    {
        record = default;
        try
        {
            // Memory of its own, not the pool's: nobody has to dispose of it.
            var reader = new Utf8JsonReader(utf8, Options);
            JsonElement element = JsonElement.ParseValue(ref reader);
            if (element.ValueKind != JsonValueKind.Object || !HasTextNames(utf8)) return false;
            record = new JsonRecord(element);
            return true;
        }
        catch (JsonException)
        {
            // The platform has no parser that answers with a status.
            return false;
        }
    }

    /// <summary>Null when it is missing, no text, or no valid UTF-8.</summary>
    public string? Text(string name) => Find(name) is { } element ? TextOf(element) : null;

    public ulong? UInt64(string name) => Find(name) is { ValueKind: JsonValueKind.Number } element && element.TryGetUInt64(out ulong number) ? number : null;

    public uint? UInt32(string name) => UInt64(name) is { } number && number <= uint.MaxValue ? (uint)number : null;

    public long? Int64(string name) => Find(name) is { ValueKind: JsonValueKind.Number } element && element.TryGetInt64(out long number) ? number : null;

    public bool? Bool(string name) => Find(name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>Bytes written in hex digits of either case.</summary>
    public byte[]? Hex(string name)
    {
        if (Text(name) is not { } text || text.Length % 2 != 0) return null;
        byte[] bytes = new byte[text.Length / 2];
        return Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
    }

    /// <summary>Bytes written in base64.</summary>
    public byte[]? Base64(string name)
    {
        if (Text(name) is not { } text) return null;
        byte[] bytes = new byte[text.Length / 4 * 3 + 3];
        return Convert.TryFromBase64String(text, bytes, out int written) ? bytes[..written] : null;
    }

    public JsonRecord? Object(string name) => Find(name) is { ValueKind: JsonValueKind.Object } element ? new JsonRecord(element) : null;

    /// <summary>Its objects; entries of another kind are left out. Null when it is no array or has more than <paramref name="max"/> entries.</summary>
    public List<JsonRecord>? Objects(string name, int max)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() > max) return null;
        return [.. array.EnumerateArray().Where(element => element.ValueKind == JsonValueKind.Object).Select(element => new JsonRecord(element))];
    }

    /// <summary>Its texts; entries of another kind are left out. Null when it is no array or has more than <paramref name="max"/> entries.</summary>
    public List<string>? Texts(string name, int max)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() > max) return null;
        return [.. array.EnumerateArray().Select(TextOf).OfType<string>()];
    }

    /// <summary>Names of all fields, in their order; a repeated one is repeated.</summary>
    public IEnumerable<string> Names() => _object.EnumerateObject().Select(field => field.Name);

    /// <summary>All fields, each with its value as it is written, in their order; a repeated one is repeated.</summary>
    public IEnumerable<(string Name, byte[] Json)> Fields()
    {
        foreach (JsonProperty field in _object.EnumerateObject()) yield return (field.Name, JsonMarshal.GetRawUtf8Value(field.Value).ToArray());
    }

    private JsonElement? Find(string name) =>
        _object.ValueKind == JsonValueKind.Object && _object.TryGetProperty(name, out JsonElement element) ? element : null;

    /// <summary>True when every name in the first value is text. One that is none would stop the platform's search, and so hide the fields beside it.</summary>
    private static bool HasTextNames(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, Options);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && !IsText(ref reader)) return false;
            if (reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.EndObject) return true;
        }

        return false;
    }

    private static bool IsText(ref Utf8JsonReader name)
    {
        if (!Utf8.IsValid(name.ValueSpan)) return false;
        if (!name.ValueIsEscaped) return true;
        try
        {
            name.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return false;
        }
    }

    private static string? TextOf(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or no UTF-8.
            return null;
        }
    }
}
