using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dna.Fast.Settings;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands.Store;

/// <summary><c>dna store inspect</c>: who uses the space, and what lies under a key.</summary>
internal static class StoreInspectCommand
{
    private static readonly Argument<string?> Key = new("KEY") { Description = "40 hexadecimal digits, or any text: show the values under it", Arity = ArgumentArity.ZeroOrOne };

    private static readonly StoreJob Job = new();

    public static Command Create()
    {
        var command = new DnaCommand(
            "inspect",
            "Reads the whole store and says who uses its space: by owner, by key, by type and age, by source; or, of one key, which values lie under it. A running node is asked, else the store is opened.",
            "dna store inspect",
            "dna store inspect greeting",
            "dna store inspect --data /var/lib/dna --json | jq '.owners[0]'")
        {
            Key,
        };
        Job.AddTo(command);
        command.SetAction((result, _) => result.GetValue(Key) is { } key
            ? Job.AnswerAsync(result, $"store inspect {InfoHash.OfKey(key)}", WriteKey, _ => "reading")
            : Job.AnswerAsync(result, "store inspect", Write, _ => "reading"));
        return command;
    }

    private static string Write(JsonElement answer)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{answer.GetProperty("values").GetInt64()} values, {ByteSize.Format(answer.GetProperty("bytes").GetInt64())}");
        foreach (string by in (string[])["owners", "keys", "types", "ages", "sources"])
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{by}");
            foreach (JsonElement entry in answer.GetProperty(by).EnumerateArray())
                text.Append(CultureInfo.InvariantCulture, $"\n  {entry.GetProperty("name").GetString(),-42} {entry.GetProperty("values").GetInt64(),12} {ByteSize.Format(entry.GetProperty("bytes").GetInt64()),12}");
        }

        return text.ToString();
    }

    private static string WriteKey(JsonElement answer)
    {
        JsonElement values = answer.GetProperty("under_key");
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{values.GetArrayLength()} values under {answer.GetProperty("key").GetString()}");
        foreach (JsonElement value in values.EnumerateArray())
        {
            string expires = value.TryGetProperty("expires", out JsonElement seconds) ? Time(seconds.GetInt64()) : "never";
            text.Append(CultureInfo.InvariantCulture, $"\nid={value.GetProperty("id").GetString()} type={value.GetProperty("type").GetInt32()} bytes={value.GetProperty("bytes").GetInt32()} created={Time(value.GetProperty("created").GetInt64())} expires={expires}");
            if (value.TryGetProperty("owner", out JsonElement owner)) text.Append(CultureInfo.InvariantCulture, $" owner={owner.GetString()} seq={value.GetProperty("seq").GetInt32()}");
            if (value.TryGetProperty("source", out JsonElement source)) text.Append(CultureInfo.InvariantCulture, $" source={source.GetString()}");
        }

        return text.ToString();
    }

    // A stranger may have said any time: what no calendar has is shown as the number.
    private static string Time(long unixSeconds) => unixSeconds is >= 0 and < 253_402_300_800
        ? DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : unixSeconds.ToString(CultureInfo.InvariantCulture);
}
