using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Compare;

/// <summary>One kind of load that all rivals get. Scenarios of the same value type share a session.</summary>
/// <param name="InFlight">Requests open at once in the closed loop.</param>
internal sealed record Scenario(string Name, RequestKind Kind, ushort ValueType, int InFlight)
{
    /// <summary>
    /// The type that is kept for seven days, so it is on disk before its acknowledgement leaves a node that stores durably.
    /// </summary>
    private const ushort SevenDays = 0x1001;

    /// <summary>
    /// Enough for a server's two batches of 64; more overflow the receive buffer of a server that did not ask for a larger one.
    /// </summary>
    private const int Usual = 128;

    public static readonly IReadOnlyList<Scenario> All =
    [
        new("ping", RequestKind.Ping, 0, Usual),
        new("find", RequestKind.Find, 0, Usual),
        new("get", RequestKind.Get, 0, Usual),
        new("put", RequestKind.Put, 0, Usual),
        new("put-7d", RequestKind.Put, SevenDays, 64),
    ];

    public LoadOptions With(LoadOptions options) =>
        options with { Command = Name, Mix = Mix.Only(Kind), ValueType = ValueType, InFlight = InFlight };
}
