using System.Text.Json;

namespace Dna.Fast.Health;

/// <summary>All verdicts of one moment.</summary>
/// <param name="Checks">In the order of <see cref="HealthRules.Names"/>.</param>
/// <param name="IsAlone">Nobody is here and there is nobody to join: the first node of a network. It is ready, and says that it is alone.</param>
/// <param name="IsAlive">The node's own machinery turns. False: only a restart mends it, so a watchdog may act. Lost peers, a wrong clock and a full disk are mended by none.</param>
internal sealed record HealthReport(IReadOnlyList<HealthCheck> Checks, bool IsAlone, bool IsAlive)
{
    /// <summary>No check is failing: the node does its work.</summary>
    public bool IsReady => Checks.All(check => check.State != HealthState.Failing);

    /// <summary>One line for people.</summary>
    public string Summary => Checks.MaxBy(check => check.State) is { State: not HealthState.Ok } worst
        ? $"{(IsReady ? "ready" : "not ready")}: {worst.Name}: {worst.Reason}"
        : $"ready: {Checks[0].Reason}";

    /// <summary>Writes <c>ready</c>, <c>alive</c>, <c>alone</c> and <c>checks</c> into the object that is open.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteBoolean("ready", IsReady);
        json.WriteBoolean("alive", IsAlive);
        json.WriteBoolean("alone", IsAlone);
        json.WriteStartArray("checks");
        foreach (HealthCheck check in Checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteString("state", NameOf(check.State));
            json.WriteString("reason", check.Reason);
            if (check.Hint.Length > 0) json.WriteString("hint", check.Hint);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static string NameOf(HealthState state) => state switch
    {
        HealthState.Ok => "ok",
        HealthState.Warning => "warning",
        _ => "failing",
    };
}
