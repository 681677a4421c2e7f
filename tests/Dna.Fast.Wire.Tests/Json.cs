using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Dna.Fast.Wire.Tests;

/// <summary>
/// Compares decoded bytes with what <c>index.json</c> says: <c>{"bin": hex}</c>, or length, head and SHA-256 of long ones.
/// </summary>
internal static class Json
{
    public static JsonElement? At(this JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } map && map.TryGetProperty(name, out JsonElement found) ? found : null;

    public static void AssertBlob(JsonElement? expected, ReadOnlySpan<byte> actual)
    {
        if (expected is not { } blob)
        {
            Assert.True(actual.IsEmpty);
            return;
        }

        if (blob.ValueKind == JsonValueKind.String)
        {
            Assert.Equal(blob.GetString(), Encoding.UTF8.GetString(actual));
            return;
        }

        if (blob.TryGetProperty("bin", out JsonElement hex))
        {
            Assert.Equal(hex.GetString(), Convert.ToHexStringLower(actual));
            return;
        }

        Assert.Equal(blob.GetProperty("bin_len").GetInt32(), actual.Length);
        string head = blob.GetProperty("head").GetString()!;
        Assert.Equal(head, Convert.ToHexStringLower(actual[..(head.Length / 2)]));
        Assert.Equal(blob.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(actual)));
    }

    public static void AssertHash(JsonElement? expected, InfoHash actual) =>
        Assert.Equal(expected is { } hash ? hash.GetProperty("bin").GetString() : InfoHash.Zero.ToString(), actual.ToString());

    public static void AssertNumber(JsonElement? expected, ulong actual) => Assert.Equal(expected?.GetUInt64() ?? 0, actual);
}
