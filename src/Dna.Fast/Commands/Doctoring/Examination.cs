using System.Text.Json;
using Dna.Fast.Health;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands.Doctoring;

/// <summary>What a doctor looks at, and what was found so far.</summary>
/// <param name="settings">The node's settings; defaults stand for what could not be read.</param>
/// <param name="status">What the running node says of itself; null: none runs on the data directory.</param>
internal sealed class Examination(RunSettings settings, JsonElement? status)
{
    private readonly List<HealthCheck> _findings = [];

    public RunSettings Settings => settings;

    public JsonElement? Status => status;

    public bool IsRunning => status is not null;

    public string Directory { get; } = Path.GetFullPath(settings.DataDirectory);

    /// <summary>In the order they were made.</summary>
    public IReadOnlyList<HealthCheck> Findings => _findings;

    public bool IsWell => _findings.TrueForAll(finding => finding.State != HealthState.Failing);

    public void Ok(string name, string reason) => _findings.Add(new HealthCheck(name, HealthState.Ok, reason, ""));

    public void Warn(string name, string reason, string fix) => _findings.Add(new HealthCheck(name, HealthState.Warning, reason, fix));

    public void Fail(string name, string reason, string fix) => _findings.Add(new HealthCheck(name, HealthState.Failing, reason, fix));

    public void Add(HealthCheck finding) => _findings.Add(finding);
}
