using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Dna.Fast.Commands;

/// <summary>A health report for people: the verdict, and a line for each check.</summary>
internal static class HealthTable
{
    public static string Write(JsonElement health)
    {
        var text = new StringBuilder(health.GetProperty("ready").GetBoolean() ? "ready" : "not ready");
        foreach (JsonElement check in health.GetProperty("checks").EnumerateArray())
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{check.GetProperty("name").GetString(),-10} {check.GetProperty("state").GetString(),-8} {check.GetProperty("reason").GetString()}");
            if (check.TryGetProperty("hint", out JsonElement hint)) text.Append(CultureInfo.InvariantCulture, $"\n{"",-20}{hint.GetString()}");
        }

        return text.ToString();
    }
}
