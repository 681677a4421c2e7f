using System.Text.Json;

namespace Dna.Fast.Hosting.Draining;

/// <summary>How far a drain is.</summary>
/// <param name="Phase">"handing_over", "finishing" (what was accepted is answered), or "stopping": the last.</param>
/// <param name="Values">Values the store had when it began.</param>
/// <param name="HandedOver">Values that at least one other node holds now.</param>
/// <param name="Left">Values that no other node took, or that there was no time for.</param>
internal sealed record DrainProgress(string Phase, long Values, long HandedOver, long Left)
{
    public const string HandingOver = "handing_over", Finishing = "finishing", Stopping = "stopping";

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("phase", Phase);
        json.WriteNumber("values", Values);
        json.WriteNumber("handed_over", HandedOver);
        json.WriteNumber("left", Left);
    }
}
