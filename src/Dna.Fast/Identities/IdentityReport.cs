using System.Globalization;
using System.Text;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Identity;

namespace Dna.Fast.Identities;

/// <summary>What may be said of an identity: lines for people, one JSON object for programs.</summary>
/// <remarks>
/// JSON: <c>file</c>, <c>name</c>, <c>suite</c>, <c>fingerprint</c>, <c>signing_key</c> and <c>encryption_key</c> (base64); with a DHT identity <c>dht_key_id</c>, <c>dht_long_id</c> and
/// <c>dht_key</c> (base64, DER).
/// </remarks>
internal static class IdentityReport
{
    public static string Text(LockedKeyFile file, string suite)
    {
        KeyFileHeader header = file.Header;
        var text = new StringBuilder();
        Add("file", file.Path);
        if (header.Name.Length > 0) Add("name", ValueText.Quote(header.Name));
        Add("suite", suite);
        Add("fingerprint", header.Fingerprint);
        Add("signing key", Shown(header.SigningKey.Span));
        Add("encryption key", Shown(header.EncryptionKey.Span));
        Add("DHT key id", header.DhtKeyId?.ToString() ?? "none yet");
        if (header.DhtLongId is { } longId) Add("DHT long id", longId.ToString());
        return text.ToString().TrimEnd('\n');

        void Add(string what, string value) => text.Append(CultureInfo.InvariantCulture, $"{what,-15} {value}\n");
    }

    public static string Json(LockedKeyFile file, string suite) => JsonLine.Write(json => Write(json, file, suite));

    public static void Write(Utf8JsonWriter json, LockedKeyFile file, string suite)
    {
        KeyFileHeader header = file.Header;
        json.WriteString("file", file.Path);
        json.WriteString("name", header.Name);
        json.WriteString("suite", suite);
        json.WriteString("fingerprint", header.Fingerprint);
        json.WriteBase64String("signing_key", header.SigningKey.Span);
        json.WriteBase64String("encryption_key", header.EncryptionKey.Span);
        if (header.DhtKeyId is not { } keyId) return;
        json.WriteString("dht_key_id", keyId.ToString());
        json.WriteString("dht_long_id", header.DhtLongId.ToString());
        json.WriteBase64String("dht_key", header.DhtKey.Span);
    }

    /// <summary>Short keys whole, in digits; long ones by their size.</summary>
    private static string Shown(ReadOnlySpan<byte> key) =>
        key.Length <= 64 ? Convert.ToHexStringLower(key) : string.Create(CultureInfo.InvariantCulture, $"{key.Length} bytes (whole with --json)");
}
