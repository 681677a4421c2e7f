using System.CommandLine;
using System.Globalization;
using System.Text;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands.Caches;

/// <summary><c>dna cache stats</c>: how much is remembered.</summary>
internal static class CacheStatsCommand
{
    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings) => Options.ForFolder(
        new DnaCommand(
            "stats",
            "Shows how many keys and profiles are remembered on this machine, and how many of them are out of date.",
            "dna cache stats",
            "dna cache stats --key alice --json | jq '.regions[].entries'"),
        surroundings, (speaker, state) => ShowAsync(surroundings, speaker, state));

    /// <remarks>JSON: <c>entries</c>, <c>bytes</c>, <c>overdue</c>, <c>regions</c>: objects with <c>name</c>, <c>entries</c>, <c>entries_max</c>, <c>bytes</c>, <c>bytes_max</c>, <c>overdue</c>, <c>damaged</c>.</remarks>
    private static async Task<int> ShowAsync(Surroundings surroundings, Speaker speaker, StateFolder state)
    {
        using UserCaches caches = UserCaches.Open(surroundings, state);
        // The others live as long as a command.
        RegionStatistics[] regions = [.. caches.Manager.Regions.Where(region => region.FileName is not null).Select(region => region.Statistics)];
        var text = new StringBuilder();
        foreach (RegionStatistics region in regions)
        {
            text.Append(CultureInfo.InvariantCulture, $"{region.Name,-10} {region.Entries} of {region.EntriesMax} entries, {ByteSize.Format(region.Bytes)}, {region.Overdue} out of date");
            if (region.Damaged > 0) text.Append(CultureInfo.InvariantCulture, $", {region.Damaged} damaged and left out");
            text.Append('\n');
        }

        return await speaker.SayAsync(text.ToString().TrimEnd('\n'), json =>
        {
            json.WriteNumber("entries", regions.Sum(region => region.Entries));
            json.WriteNumber("bytes", regions.Sum(region => region.Bytes));
            json.WriteNumber("overdue", regions.Sum(region => region.Overdue));
            json.WriteStartArray("regions");
            foreach (RegionStatistics region in regions)
            {
                json.WriteStartObject();
                json.WriteString("name", region.Name);
                json.WriteNumber("entries", region.Entries);
                json.WriteNumber("entries_max", region.EntriesMax);
                json.WriteNumber("bytes", region.Bytes);
                json.WriteNumber("bytes_max", region.BytesMax);
                json.WriteNumber("overdue", region.Overdue);
                json.WriteNumber("damaged", region.Damaged);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }).ConfigureAwait(false);
    }
}
