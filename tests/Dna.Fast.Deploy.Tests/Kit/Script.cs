using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Deploy.Tests.Kit;

/// <summary>One line of a script's report.</summary>
internal sealed record Step(string Host, string Name, string State, string Text);

/// <summary>How one of the scripts of tools/deploy ended, with its report read from <c>--json</c>.</summary>
internal sealed record Report(int Code, IReadOnlyList<Step> Steps, string Text, Ended Raw)
{
    public IEnumerable<Step> Of(string host) => Steps.Where(step => step.Host == host);

    public Step Find(string host, string name) => Steps.LastOrDefault(step => step.Host == host && step.Name == name) ?? throw new InvalidOperationException($"no step {name} of {host}: {Raw}");

    public Report Expect(int code)
    {
        if (Code != code) Assert.Fail($"ended with {Code} and not {code}: {Raw}");
        return this;
    }

    public override string ToString() => Raw.ToString();
}

/// <summary>The scripts of tools/deploy, as people run them.</summary>
internal static class Script
{
    public static readonly string[] Names = ["install", "deploy", "upgrade", "monitor", "verify"];

    /// <summary>What they source.</summary>
    public static readonly string[] Shared = ["lib.sh", "node.sh", "fleet.sh"];

    public static string PathOf(string name) => Path.Combine(Repository.Root, "tools", "deploy", name);

    /// <summary>From outside, over <c>--via</c>.</summary>
    public static async Task<Report> RunAsync(Lab lab, string name, params string[] words) =>
        Read(await Ended.RunAsync(PathOf(name), ["--json", "--via", lab.Via, "--service-command", Lab.ServiceCommand, .. words]));

    /// <summary>On a machine itself.</summary>
    public static async Task<Report> OnAsync(Lab lab, string machine, string name, string words = "") =>
        Read(await lab.OnAsync(machine, $"DNA_SERVICE_COMMAND={Lab.ServiceCommand} {PathOf(name)} --json {words}"));

    /// <summary>Every line must be JSON, and the last one must name the exit code.</summary>
    public static Report Read(Ended ended)
    {
        var steps = new List<Step>();
        JsonElement last = default;
        foreach (string line in ended.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                last = JsonDocument.Parse(line).RootElement;
            }
            catch (JsonException)
            {
                Assert.Fail($"'{line}' is no JSON: {ended}");
            }

            if (last.TryGetProperty("step", out JsonElement step))
                steps.Add(new Step(last.GetProperty("host").GetString()!, step.GetString()!, last.GetProperty("state").GetString()!, last.GetProperty("text").GetString()!));
        }

        if (last.ValueKind != JsonValueKind.Object || !last.TryGetProperty("exit", out JsonElement code)) throw new InvalidOperationException($"it does not say how it ended: {ended}");
        Assert.Equal(ended.Code, code.GetInt32());
        return new Report(ended.Code, steps, last.GetProperty("text").GetString()!, ended);
    }
}
