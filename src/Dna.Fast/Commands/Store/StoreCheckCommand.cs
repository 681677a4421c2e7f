using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Settings;
using Dna.Fast.Storage.Exports;

namespace Dna.Fast.Commands.Store;

/// <summary><c>dna store check</c>: whether every value is what was stored.</summary>
internal static class StoreCheckCommand
{
    private static readonly Option<string?> FileName = new("--file") { Description = "Check an export instead of a store; - is the standard input", HelpName = "FILE" };

    private static readonly Option<bool> Signatures = new("--signatures") { Description = "Verify the signature of each signed value too; takes a processor" };

    private static readonly StoreJob Job = new();

    public static Command Create()
    {
        var command = new DnaCommand(
            "check",
            "Reads every record of a store, compares its checksum and its content, and says what is damaged. Ends with 0 when nothing is, with 1 when something is: damaged records are set aside in \"damaged\" beside the store.",
            "dna store check",
            "dna store check --data /var/lib/dna --signatures --json",
            "dna store check --file backup.dnax")
        {
            FileName, Signatures,
        };
        Job.AddTo(command);
        command.SetAction((result, cancellation) => result.GetValue(FileName) is { } file
            ? CheckFileAsync(result, file, cancellation)
            : Job.AnswerAsync(
                result, result.GetValue(Signatures) ? "store check signatures" : "store check", Write,
                step => string.Create(CultureInfo.InvariantCulture, $"{step.GetProperty("values").GetInt64()} values read")));
        return command;
    }

    private static string Write(JsonElement answer)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{answer.GetProperty("values").GetInt64()} values, {ByteSize.Format(answer.GetProperty("bytes").GetInt64())}: ");
        text.Append(CultureInfo.InvariantCulture, $"{answer.GetProperty("wrong").GetInt64()} wrong, {answer.GetProperty("damaged").GetInt64()} damaged records");
        if (answer.TryGetProperty("signed", out JsonElement signed)) text.Append(CultureInfo.InvariantCulture, $", {signed.GetInt64()} signed");
        foreach (JsonElement wrong in answer.GetProperty("wrong_values").EnumerateArray())
            text.Append(CultureInfo.InvariantCulture, $"\nkey={wrong.GetProperty("key").GetString()} id={wrong.GetProperty("id").GetString()}: {wrong.GetProperty("problem").GetString()}");
        string health = answer.GetProperty("health").GetString()!;
        if (health != "ok") text.Append(CultureInfo.InvariantCulture, $"\n{health}");
        return text.ToString();
    }

    private static async Task<int> CheckFileAsync(ParseResult result, string file, CancellationToken cancellation)
    {
        try
        {
            Stream stream = file == "-" ? Console.OpenStandardInput() : new FileStream(file, FileMode.Open, FileAccess.Read);
            await using (stream.ConfigureAwait(false))
            {
                var reader = new ExportReader(stream);
                while (await reader.NextAsync(cancellation).ConfigureAwait(false))
                {
                    // Each record's sum is looked at as it is read.
                }

                string text = Job.IsJson(result)
                    ? JsonLine.Write(json =>
                    {
                        json.WriteNumber("values", reader.Records);
                        json.WriteNumber("bytes", reader.Bytes);
                        json.WriteBoolean("ok", reader.IsComplete);
                        if (reader.Problem is { } problem) json.WriteString("problem", problem);
                    })
                    : string.Create(CultureInfo.InvariantCulture, $"{reader.Records} values are sound{(reader.Problem is { } why ? $"; then: {why}" : ", and the file is whole")}");
                await result.InvocationConfiguration.Output.WriteLineAsync(text).ConfigureAwait(false);
                return reader.IsComplete ? ExitCode.Ok : ExitCode.Failed;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, failure.Message).ConfigureAwait(false);
        }
    }
}
