using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Wire;

namespace Dna.Fast.Proxy;

/// <summary>A value as the JSON object that stock proxies and their clients exchange (wire specification, section 9.5).</summary>
/// <remarks>
/// <c>id</c>: decimal digits as text (a number is read too; 0, or none: a random one); <c>type</c>, <c>seq</c>, <c>prio</c>: numbers; <c>data</c>, <c>sig</c>, <c>cypher</c>: base64;
/// <c>owner</c>: PEM of the public key; <c>to</c>: hexadecimal digits; <c>utype</c>, <c>pt</c>: text. With <c>cypher</c>, of the others only <c>id</c>, <c>prio</c> and <c>pt</c>.
/// Members are written in the order of their names, as stock does.
/// </remarks>
internal sealed class ValueObject
{
    private const string KeyLabel = "PUBLIC KEY";

    private static readonly JsonDocumentOptions Parsing = new() { MaxDepth = 8 };

    private ValueObject(ValueBuilder value, bool hasId, bool isPermanent, string recipient)
    {
        HasId = hasId;
        Value = value;
        IsPermanent = isPermanent;
        Recipient = recipient;
    }

    public ValueBuilder Value { get; }

    /// <summary>False: the id is a random one of ours.</summary>
    public bool HasId { get; }

    /// <summary><c>permanent</c>: true, or an object about push notifications, which are not sent.</summary>
    public bool IsPermanent { get; }

    /// <summary><c>to</c> as it was said; empty: nobody.</summary>
    public string Recipient { get; }

    /// <summary>Reads a value object.</summary>
    /// <param name="problem">For the client: what is wrong with it; else null.</param>
    public static ValueObject? Read(ReadOnlyMemory<byte> text, out string? problem)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Parsing);
            problem = null;
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            problem = "Incorrect JSON";
        }
        catch (Exception refusal) when (refusal is FormatException or InvalidOperationException)
        {
            problem = refusal is FormatException && refusal.Source == nameof(ValueObject) ? refusal.Message : "a member has the wrong form";
        }

        return null;
    }

    /// <summary>The value's bytes, as nodes take them.</summary>
    /// <param name="problem">For the client: why no node would take it; else null.</param>
    public bool TryPack(out byte[] packed, out string? problem)
    {
        problem = null;
        if (Value.Pack(out packed) != DecodeStatus.Ok) problem = string.Create(CultureInfo.InvariantCulture, $"the value has {packed.Length} bytes packed; the network takes at most {WireLimits.ValueBytesMax}");
        else if (ValueReader.Read(packed, out _, out _) != DecodeStatus.Ok) problem = "owner has to be a public key in PEM";
        return problem is null;
    }

    /// <summary>Writes a packed value, with a line end behind it: a line of a stream.</summary>
    /// <param name="isExpired">Says that it is gone.</param>
    /// <returns>Null when it is no packed value.</returns>
    public static byte[]? Write(ReadOnlySpan<byte> packed, bool isExpired = false)
    {
        if (ValueReader.Read(packed, out ValueView value, out _) != DecodeStatus.Ok) return null;
        var buffer = new ArrayBufferWriter<byte>(256 + (packed.Length * 3 / 2));
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            Write(json, value, isExpired);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, in ValueView value, bool isExpired)
    {
        if (value.IsEncrypted) json.WriteBase64String("cypher", value.Cypher);
        else json.WriteBase64String("data", value.Data);
        if (isExpired) json.WriteBoolean("expired", true);
        json.WriteString("id", value.Id.ToString(CultureInfo.InvariantCulture));
        if (value.IsSigned) json.WriteString("owner", PemEncoding.WriteString(KeyLabel, value.Owner) + "\n");
        if (value.Priority != 0) json.WriteNumber("prio", value.Priority);
        if (!value.PushType.IsEmpty) json.WriteString("pt", Encoding.UTF8.GetString(value.PushType));
        if (value.IsEncrypted) return;
        if (value.IsSigned)
        {
            json.WriteNumber("seq", value.Seq);
            json.WriteBase64String("sig", value.Signature);
            if (value.HasRecipient) json.WriteString("to", value.Recipient.ToString());
        }

        json.WriteNumber("type", value.Type);
        // A stranger's bytes: what is no UTF-8 gets replacement characters.
        if (!value.UserType.IsEmpty) json.WriteString("utype", Encoding.UTF8.GetString(value.UserType));
    }

    private static ValueObject Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw Refusal("a value is a JSON object");
        byte[] owner = json.TryGetProperty("owner", out JsonElement pem) ? OwnerOf(pem.GetString()!) : [];
        byte[] signature = Bytes(json, "sig"), cypher = Bytes(json, "cypher");
        string recipient = Text(json, "to");
        InfoHash hash = default;
        bool hasHash = recipient.Length > 0 && InfoHash.TryParse(recipient, out hash);
        if (owner.Length > 0 && signature.Length == 0) throw Refusal("a value with an owner needs its signature, sig");
        if (owner.Length == 0 && signature.Length > 0) throw Refusal("a signature needs its owner");
        if (owner.Length > 0 && recipient.Length > 0 && !hasHash) throw Refusal("to has to be 40 hexadecimal digits");
        ulong id = Number(json, "id", ulong.MaxValue);
        var value = new ValueBuilder
        {
            Id = id == 0 ? NewValue.RandomId() : id,
            Type = (ushort)Number(json, "type", ushort.MaxValue),
            Data = Bytes(json, "data"),
            UserType = Text(json, "utype"),
            Owner = owner,
            Seq = (ushort)Number(json, "seq", ushort.MaxValue),
            Recipient = hasHash ? hash : null,
            Signature = signature,
            Cypher = cypher,
            Priority = (uint)Number(json, "prio", uint.MaxValue),
            PushType = Text(json, "pt"),
        };
        return new ValueObject(value, id != 0, IsTrue(json, "permanent"), recipient);
    }

    private static bool IsTrue(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement member) && member.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.Object => true,
        JsonValueKind.False or JsonValueKind.Null => false,
        _ => throw Refusal(name + " has to be true, false or an object"),
    };

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement member) ? member.GetString() ?? "" : "";

    private static byte[] Bytes(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out JsonElement member)) return [];
        return member.TryGetBytesFromBase64(out byte[]? bytes) ? bytes : throw Refusal(name + " has to be base64");
    }

    private static ulong Number(JsonElement json, string name, ulong most)
    {
        if (!json.TryGetProperty(name, out JsonElement member)) return 0;
        bool isRead = member.ValueKind == JsonValueKind.String
            ? ulong.TryParse(member.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            : member.TryGetUInt64(out number);
        return isRead && number <= most ? number : throw Refusal(string.Create(CultureInfo.InvariantCulture, $"{name} has to be a number from 0 to {most}"));
    }

    // Old stock nodes end the text with a NUL.
    private static byte[] OwnerOf(string pem)
    {
        ReadOnlySpan<char> text = pem.AsSpan().TrimEnd('\0');
        if (!PemEncoding.TryFind(text, out PemFields fields) || text[fields.Label] is not KeyLabel) throw Refusal("owner has to be a public key in PEM");
        byte[] der = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(text[fields.Base64Data], der, out int length) && length == der.Length ? der : throw Refusal("owner has to be a public key in PEM");
    }

    private static FormatException Refusal(string message) => new(message) { Source = nameof(ValueObject) };
}
