using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands;

/// <summary><c>dna table</c>: the routing tables of the node of a data directory.</summary>
internal static class TableCommand
{
    private static readonly Option<string> Data = StatusCommand.DataOption("The data directory of the node to ask");

    private static readonly Option<bool> Json = new("--json") { Description = "The tables as one JSON object" };

    public static Command Create()
    {
        var command = new DnaCommand(
            "table",
            "Shows the buckets of a node running on this machine: the bits their ids begin with, and the contacts in them.",
            "dna table",
            "dna table --json | jq '[.ipv4[].contacts[] | select(.state == \"good\")] | length'")
        {
            Data, Json,
        };
        command.SetAction((result, _) => StatusCommand.AskAsync(result, (Data, Json), "table", Write));
        return command;
    }

    /// <summary>For people: a line a bucket, a line a contact.</summary>
    internal static string Write(JsonElement table)
    {
        var text = new StringBuilder($"node {table.GetProperty("id").GetString()}");
        foreach ((string name, string title) in ((string, string)[])[("ipv4", "IPv4"), ("ipv6", "IPv6")])
        {
            foreach (JsonElement bucket in table.GetProperty(name).EnumerateArray())
            {
                JsonElement contacts = bucket.GetProperty("contacts");
                int depth = bucket.GetProperty("depth").GetInt32();
                text.Append(CultureInfo.InvariantCulture, $"\n{title} {Prefix(bucket.GetProperty("first").GetString()!, depth)}: {contacts.GetArrayLength()} contacts");
                foreach (JsonElement contact in contacts.EnumerateArray())
                {
                    string heard = contact.TryGetProperty("heard", out JsonElement seconds) ? string.Create(CultureInfo.InvariantCulture, $"{seconds.GetInt64()} s ago") : "never";
                    text.Append(CultureInfo.InvariantCulture, $"\n  {contact.GetProperty("id").GetString()}  {contact.GetProperty("state").GetString(),-8} {contact.GetProperty("address").GetString()}  heard {heard}");
                }
            }
        }

        return text.ToString();
    }

    private static string Prefix(string first, int depth)
    {
        if (depth == 0 || !InfoHash.TryParse(first, out InfoHash id)) return "all ids";
        return string.Concat(Enumerable.Range(0, depth).Select(bit => id.Bit(bit) ? '1' : '0')) + "*";
    }
}
