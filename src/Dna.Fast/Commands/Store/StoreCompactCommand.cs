using System.CommandLine;
using System.Text.Json;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands.Store;

/// <summary><c>dna store compact</c>: the files as small as the values are.</summary>
internal static class StoreCompactCommand
{
    private static readonly StoreJob Job = new();

    public static Command Create()
    {
        var command = new DnaCommand(
            "compact",
            "Drops what expired and copies what is current together, so that the files take no more room than they need. A running node does it while it serves; else the store is opened. The node does so by itself when half of its files is garbage.",
            "dna store compact",
            "dna store compact --data /var/lib/dna --json");
        Job.AddTo(command);
        command.SetAction((result, _) => Job.AnswerAsync(result, "store compact", Write, step => "compacting: " + Size(step, "disk_bytes")));
        return command;
    }

    private static string Write(JsonElement answer) =>
        $"{Size(answer, "before")} before, {Size(answer, "after")} after{(answer.GetProperty("ok").GetBoolean() ? "" : "; not to the end: the disk takes nothing, or the node ends")}";

    private static string Size(JsonElement answer, string name) => ByteSize.Format(answer.GetProperty(name).GetInt64());
}
