using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Health;
using Dna.Fast.Hosting;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands.Doctoring;

/// <summary><c>dna doctor</c>: everything a node needs, looked at, each with what to do.</summary>
internal static class DoctorCommand
{
    private const int TimeoutSecondsDefault = 10;
    private const int TimeoutSecondsMax = 600;

    private static readonly Option<HostPort[]> Peers = Texts.ListOption<HostPort>(
        "--peer", [], "Nodes to ask, besides those of the bootstrap", "HOST[:PORT]", HostPort.TryParse);

    private static readonly TextOption<int> Timeout = Texts.Option<int>(
        "--timeout", "Seconds to wait for each peer", "S", ($"{TimeoutSecondsDefault}", TimeoutSecondsDefault), SettingTexts.Number(1, TimeoutSecondsMax), "a number of seconds from 1 to 600");

    private static readonly Option<bool> Json = new("--json") { Description = "All findings as one JSON object" };

    public static Command Create()
    {
        var command = new DnaCommand(
            "doctor",
            "Looks at all that a node needs (configuration, ports, peers, reachability, disk, permissions, limits, time) and at the node itself when one runs on the data directory; says what to do where something is wrong. "
            + "Takes what \"dna run\" takes. Ends with 0 when nothing fails (a warning is no failure), with 1 when something does.",
            "dna doctor",
            "dna doctor --config /etc/dna/dna.toml",
            "dna doctor --data ./second --peer 192.0.2.1:4000 --json | jq '.checks[] | select(.state != \"ok\")'")
        {
            Peers, Timeout, Json,
        };
        ConfigOptions.AddTo(command);
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        using var interrupt = new Interrupt(endsAtOnceOnSecond: true);
        try
        {
            LoadedConfig loaded = ConfigLoader.Load(ConfigOptions.Read(result, ConfigOptions.Environment()));
            var settings = RunSettings.Of(loaded.Configuration);
            (JsonDocument? answer, string _) = await StatusClient.AskAsync(DataDirectory.StatusSocketIn(Path.GetFullPath(settings.DataDirectory))).ConfigureAwait(false);
            using (answer)
            {
                var examination = new Examination(settings, answer?.RootElement);
                Configuration(examination, loaded);
                Node(examination);
                PortDoctor.Examine(examination);
                await PeerDoctor.ExamineAsync(
                    examination, [.. settings.Bootstrap, .. result.GetValue(Peers) ?? []], TimeSpan.FromSeconds(Timeout.Read(result)), interrupt.Token).ConfigureAwait(false);
                DirectoryDoctor.Examine(examination);
                SystemDoctor.Examine(examination);
                await result.InvocationConfiguration.Output.WriteLineAsync(result.GetValue(Json) ? JsonLine.Write(json => Write(json, examination)) : Text(examination)).ConfigureAwait(false);
                return examination.IsWell ? ExitCode.Ok : ExitCode.Failed;
            }
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return ExitCode.Failed;
        }
    }

    private static void Configuration(Examination examination, LoadedConfig loaded)
    {
        string from = loaded.Configuration.File ?? "no configuration file";
        if (loaded.Problems.Count == 0) examination.Ok("configuration", from);
        foreach (ConfigProblem problem in loaded.Problems) examination.Fail("configuration", problem.ToString(), "See dna config --sample, and dna check after a change");
    }

    private static void Node(Examination examination)
    {
        if (examination.Status is not { } status)
        {
            examination.Ok("node", $"none runs on {examination.Directory}");
            return;
        }

        examination.Ok("node", string.Create(CultureInfo.InvariantCulture, $"{status.GetProperty("version").GetString()}, process {status.GetProperty("process").GetInt32()}, up for {status.GetProperty("uptime").GetInt64()} s"));
        if (!status.TryGetProperty("health", out JsonElement health)) return;
        foreach (JsonElement check in health.GetProperty("checks").EnumerateArray())
        {
            HealthState state = check.GetProperty("state").GetString() switch { "ok" => HealthState.Ok, "warning" => HealthState.Warning, _ => HealthState.Failing };
            string hint = check.TryGetProperty("hint", out JsonElement said) ? said.GetString() ?? "" : "";
            examination.Add(new HealthCheck("node_" + check.GetProperty("name").GetString(), state, check.GetProperty("reason").GetString() ?? "", hint));
        }
    }

    private static void Write(Utf8JsonWriter json, Examination examination)
    {
        json.WriteBoolean("ok", examination.IsWell);
        json.WriteBoolean("running", examination.IsRunning);
        json.WriteStartArray("checks");
        foreach (HealthCheck finding in examination.Findings)
        {
            json.WriteStartObject();
            json.WriteString("name", finding.Name);
            json.WriteString("state", HealthReport.NameOf(finding.State));
            json.WriteString("reason", finding.Reason);
            if (finding.Hint.Length > 0) json.WriteString("fix", finding.Hint);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Text(Examination examination)
    {
        var text = new StringBuilder();
        foreach (HealthCheck finding in examination.Findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"{HealthReport.NameOf(finding.State),-8} {finding.Name,-14} {finding.Reason}\n");
            if (finding.Hint.Length > 0) text.Append(CultureInfo.InvariantCulture, $"{"",-24}{finding.Hint}\n");
        }

        int failing = examination.Findings.Count(finding => finding.State == HealthState.Failing), warnings = examination.Findings.Count(finding => finding.State == HealthState.Warning);
        return text.Append(CultureInfo.InvariantCulture, $"{failing} failing, {warnings} to look at").ToString();
    }
}
