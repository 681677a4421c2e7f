using System.Text.Json;

namespace Dna.Fast.Commands.Probing;

/// <summary>One canary put or read through one node.</summary>
/// <param name="Name">"put" or "get".</param>
/// <param name="Node">The node it went through, as it was written.</param>
/// <param name="Problem">For people; null when all is well.</param>
/// <param name="IsUnreachable">Nobody answered, so nothing is known of the value.</param>
/// <param name="Nodes">Nodes that acknowledged the put, or answered the get.</param>
/// <param name="Ms">Milliseconds it took.</param>
internal sealed record ProbeStep(string Name, string Node, Canary Canary, string? Problem, bool IsUnreachable, int Nodes, double Ms)
{
    public bool IsOk => Problem is null;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("step", Name);
        json.WriteString("node", Node);
        json.WriteString("put_through", Canary.Through);
        Canary.WriteName(json);
        json.WriteBoolean("ok", IsOk);
        json.WriteBoolean("unreachable", IsUnreachable);
        json.WriteNumber("nodes", Nodes);
        json.WriteNumber("ms", Math.Round(Ms, 1));
        if (Problem is not null) json.WriteString("problem", Problem);
        json.WriteEndObject();
    }
}
