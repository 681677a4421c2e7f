using Dna.Fast.LoadGen.Load;

namespace Dna.Fast.LoadGen.Compare;

/// <summary>How the requests of a scenario are spread over peers. Immutable.</summary>
/// <param name="SocketsOf">Sockets, each a peer of its own, for a scenario that has so many requests open.</param>
internal sealed record Setting(string Name, Func<int, int> SocketsOf)
{
    /// <summary>
    /// Few peers, each with several requests open: a server that sends replies to one peer together has some to send together.
    /// </summary>
    public static readonly Setting Joined = new("joined", _ => 8);

    /// <summary>As many peers as requests open: hardly ever do two replies in a row go to one peer, as in a large network.</summary>
    public static readonly Setting Apart = new("apart", inFlight => inFlight);

    public LoadOptions With(LoadOptions options) => options with { Sockets = SocketsOf(options.InFlight) };
}
