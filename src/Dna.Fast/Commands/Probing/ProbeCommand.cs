using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Dna.Fast.Client;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands.Probing;

/// <summary><c>dna probe</c>: whether nodes really keep values, and give them to others.</summary>
internal static class ProbeCommand
{
    /// <summary>Of no particular type: nodes forget it after ten minutes.</summary>
    private const ushort ShortLived = 0;

    private static readonly Argument<HostPort[]> Targets = new("HOST:PORT")
    {
        Description = "The nodes: what is put through one is read through the next, the last one's through the first",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ReadTargets,
    };

    private static readonly Option<string?> File = new("--canary")
    {
        Description = "Keep what was put in this file, and let nodes keep it for 7 days, so that a later --get-only can read it again",
        HelpName = "FILE",
    };

    private static readonly Option<bool> PutOnly = new("--put-only") { Description = "Only put; needs --canary" };

    private static readonly Option<bool> GetOnly = new("--get-only") { Description = "Only read, through each node every value that --canary names" };

    private static readonly Option<bool> Json = new("--json") { Description = "All steps as one JSON object" };

    private static readonly ClientOptions Client = new();

    public static Command Create()
    {
        var command = new DnaCommand(
            "probe",
            "Puts a small value through each node and reads it through the next: a node is well when values stay. Ends with 0 when all was read, with 1 when something was not, with 5 when a node does not answer.",
            "dna probe 192.0.2.1:4000 192.0.2.2:4000",
            "dna probe 192.0.2.1:4000 --timeout 10 --json",
            "dna probe --put-only --canary before.jsonl 192.0.2.1:4000 192.0.2.2:4000",
            "dna probe --get-only --canary before.jsonl 192.0.2.1:4000 192.0.2.2:4000")
        {
            Targets, File, PutOnly, GetOnly, Json,
        };
        Client.AddWithoutBootstrapTo(command);
        command.Validators.Add(result =>
        {
            bool puts = result.GetValue(PutOnly), gets = result.GetValue(GetOnly);
            if (puts && gets) result.AddError("--put-only and --get-only exclude each other.");
            else if ((puts || gets) && result.GetValue(File) is null) result.AddError($"{(puts ? "--put-only" : "--get-only")} needs --canary FILE.");
        });
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static HostPort[]? ReadTargets(ArgumentResult result)
    {
        var read = new List<HostPort>();
        foreach (Token token in result.Tokens)
        {
            if (HostPort.TryParse(token.Value, out HostPort? entry, out string? problem)) read.Add(entry!);
            else result.AddError(problem + ".");
        }

        return [.. read];
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        using var interrupt = new Interrupt(endsAtOnceOnSecond: true);
        TextWriter error = result.InvocationConfiguration.Error;
        try
        {
            using var prober = new Prober(Client.NetworkOf(result), Client.DeadlineOf(result), interrupt.Token);
            IReadOnlyList<ProbeStep>? steps = await ProbeAsync(result, prober).ConfigureAwait(false);
            return steps is null ? ExitCode.Failed : await SayAsync(result, steps).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return await ClientCommand.FailAsync(error, ExitCode.Failed, failure.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return ExitCode.Failed;
        }
    }

    /// <returns>Null after saying why nothing could be done.</returns>
    private static async Task<IReadOnlyList<ProbeStep>?> ProbeAsync(ParseResult result, Prober prober)
    {
        HostPort[] nodes = result.GetValue(Targets)!;
        string? file = result.GetValue(File);
        if (result.GetValue(GetOnly))
        {
            IReadOnlyList<Canary>? kept = Canary.Load(file!, out string problem);
            if (kept is not null) return await Task.WhenAll(nodes.SelectMany(node => kept.Select(canary => prober.GetAsync(node, canary)))).ConfigureAwait(false);
            await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, problem).ConfigureAwait(false);
            return null;
        }

        ushort type = file is null ? ShortLived : ValueTypeText.SevenDays;
        ProbeStep[] puts = await Task.WhenAll(nodes.Select(node => prober.PutAsync(node, Canary.New(node.Text), type))).ConfigureAwait(false);
        // What no node took would fail every later look at the file; this probe has said so.
        if (file is not null) Canary.Save(file, puts.Where(put => put.IsOk).Select(put => put.Canary));
        if (result.GetValue(PutOnly)) return puts;
        IEnumerable<Task<ProbeStep>> gets = puts.Select((put, i) => (put.Canary, put.IsOk, Node: nodes[(i + 1) % nodes.Length])).Where(put => put.IsOk).Select(put => prober.GetAsync(put.Node, put.Canary));
        return [.. puts, .. await Task.WhenAll(gets).ConfigureAwait(false)];
    }

    private static async Task<int> SayAsync(ParseResult result, IReadOnlyList<ProbeStep> steps)
    {
        int code = steps.All(step => step.IsOk) ? ExitCode.Ok : steps.Any(step => step.IsUnreachable) ? ExitCode.Unreachable : ExitCode.Failed;
        TextWriter output = result.InvocationConfiguration.Output;
        if (result.GetValue(Json))
        {
            await output.WriteLineAsync(JsonLine.Write(json =>
            {
                json.WriteBoolean("ok", code == ExitCode.Ok);
                json.WriteStartArray("steps");
                foreach (ProbeStep step in steps) step.Write(json);
                json.WriteEndArray();
            })).ConfigureAwait(false);
            return code;
        }

        foreach (ProbeStep step in steps)
        {
            string done = step.Name == "put" ? "nodes acknowledged" : "nodes answered, value read that was put through " + step.Canary.Through;
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{step.Name} {step.Node}: {(step.IsOk ? $"ok, {step.Nodes} {done}, {step.Ms:0.0} ms" : "FAILED, " + step.Problem)}")).ConfigureAwait(false);
        }

        return code;
    }
}
