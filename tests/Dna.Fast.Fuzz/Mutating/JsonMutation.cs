using System.Text;
using System.Text.Json;

namespace Dna.Fast.Fuzz.Mutating;

/// <summary>Changes JSON by its tokens: another value, a field twice, a field gone, values nested deep.</summary>
internal static class JsonMutation
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1", "1.5", "1e400", "-0", "255", "65536", "4294967296", "9223372036854775808", "18446744073709551615", "18446744073709551616", "\"\"",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\u00e4\u20ac\"", "\"\\/\"", "[]", "{}", "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", "[{}]", "[null]", "{\"a\":{}}",
        $"\"{new string('x', 5000)}\"", $"\"{new string('a', 128)}\"", $"\"{new string('0', 9254)}\"",
    ];

    /// <returns>Null when the input is no JSON any more.</returns>
    public static byte[]? Change(byte[] input, Random random)
    {
        List<(int Start, int End, bool IsName)> tokens = Tokens(input);
        if (tokens.Count == 0) return null;
        (int start, int end, bool isName) = tokens[random.Next(tokens.Count)];
        ReadOnlySpan<byte> before = input.AsSpan(0, start), token = input.AsSpan(start, end - start), after = input.AsSpan(end);
        switch (random.Next(4))
        {
            case 0 when isName:
                return [.. before, .. "\"x\""u8, .. after];
            case 1 when !isName:
                // Twice: as the next entry of a list, or as a field that is there already.
                return [.. before, .. token, (byte)',', .. Field(input, tokens, random), .. after];
            case 2:
                return [.. before, .. after];
            default:
                byte[] value = Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]);
                return [.. before, .. value, .. after];
        }
    }

    // A name and the value behind it, or a value alone.
    private static byte[] Field(byte[] input, List<(int Start, int End, bool IsName)> tokens, Random random)
    {
        int at = random.Next(tokens.Count);
        int last = tokens[at].IsName && at + 1 < tokens.Count ? at + 1 : at;
        return input[tokens[at].Start..tokens[last].End];
    }

    private static List<(int Start, int End, bool IsName)> Tokens(byte[] input)
    {
        var tokens = new List<(int, int, bool)>();
        var reader = new Utf8JsonReader(input, new JsonReaderOptions { MaxDepth = 64 });
        try
        {
            while (reader.Read())
            {
                bool isScalar = reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null;
                if (!isScalar) continue;
                // A name is consumed with its colon.
                int start = (int)reader.TokenStartIndex, length = reader.ValueSpan.Length + (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String ? 2 : 0);
                tokens.Add((start, start + length, reader.TokenType == JsonTokenType.PropertyName));
            }
        }
        catch (JsonException)
        {
            // What was read up to here is enough.
        }

        return tokens;
    }
}
