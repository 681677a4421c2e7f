using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Hosting;

namespace Dna.Fast.Commands;

/// <summary><c>dna healthcheck</c>: whether a node does its work, for images without a shell, for timers and for scripts.</summary>
internal static class HealthcheckCommand
{
    private static readonly Argument<string?> Url = new("URL")
    {
        Description = "The node's HTTP address, such as http://127.0.0.1:9105; without it the node of --data is asked over its status socket",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string> Data = StatusCommand.DataOption("The data directory of the node to ask");

    private static readonly Option<bool> Json = new("--json") { Description = "The verdicts as one JSON object" };

    public static Command Create()
    {
        var command = new DnaCommand(
            "healthcheck",
            "Ends with 0 when the node is ready, and with 1 when it is not or does not answer. Says which check decides.",
            "dna healthcheck --data /var/lib/dna",
            "dna healthcheck http://127.0.0.1:9105",
            "HEALTHCHECK CMD [\"/dna\", \"healthcheck\"]")
        {
            Url, Data, Json,
        };
        Url.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !TryReadUrl(result.Tokens[0].Value, out _)) result.AddError($"'{result.Tokens[0].Value}' is no URL such as http://127.0.0.1:9105.");
        });
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        (JsonDocument? answer, string problem) = await AskAsync(result).ConfigureAwait(false);
        if (answer is null) return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, problem).ConfigureAwait(false);
        using (answer)
        {
            if (!TryFind(answer.RootElement, out JsonElement health, out bool isReady))
                return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, "that is no report of a node: is this a node's HTTP address?").ConfigureAwait(false);
            await result.InvocationConfiguration.Output.WriteLineAsync(result.GetValue(Json) ? health.GetRawText() : HealthTable.Write(health)).ConfigureAwait(false);
            return isReady ? ExitCode.Ok : ExitCode.Failed;
        }
    }

    // Another program's answer may be any JSON.
    private static bool TryFind(JsonElement answer, out JsonElement health, out bool isReady)
    {
        isReady = false;
        health = answer;
        if (answer.ValueKind != JsonValueKind.Object) return false;
        if (answer.TryGetProperty("health", out JsonElement inner)) health = inner;
        if (health.ValueKind != JsonValueKind.Object || !health.TryGetProperty("ready", out JsonElement ready)) return false;
        isReady = ready.ValueKind == JsonValueKind.True;
        return (isReady || ready.ValueKind == JsonValueKind.False) && health.TryGetProperty("checks", out JsonElement checks) && checks.ValueKind == JsonValueKind.Array;
    }

    private static async Task<(JsonDocument? Answer, string Problem)> AskAsync(ParseResult result)
    {
        if (result.GetValue(Url) is not { } text || !TryReadUrl(text, out Uri? url))
            return await StatusClient.AskAsync(DataDirectory.StatusSocketIn(Path.GetFullPath(result.GetValue(Data)!))).ConfigureAwait(false);
        (int status, string body) = await HttpGet.ReadAsync(url!).ConfigureAwait(false);
        try
        {
            // 503 is a node's answer too: it carries the reasons.
            if (status is 200 or 503) return (JsonDocument.Parse(body), "");
        }
        catch (JsonException)
        {
            body = "that is no report of a node";
        }

        return (null, status == 0 ? $"no node answers at {url}: {body}" : string.Create(CultureInfo.InvariantCulture, $"{url} answers with status {status}: is this a node's HTTP address?"));
    }

    internal static bool TryReadUrl(string text, out Uri? url)
    {
        url = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? read) || read.Scheme != Uri.UriSchemeHttp) return false;
        url = new Uri(read, "/readyz");
        return true;
    }
}
