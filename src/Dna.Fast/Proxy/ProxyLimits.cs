using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;

namespace Dna.Fast.Proxy;

/// <summary>What may change while a proxy runs, as one object. Immutable; any thread.</summary>
internal sealed record ProxyLimits
{
    /// <summary>Null: everybody may ask.</summary>
    public string? Token { get; init; }

    /// <summary>Web origins whose pages may ask; <c>*</c>: all.</summary>
    public IReadOnlyList<string> Origins { get; init; } = ["*"];

    /// <summary>Requests a second, of all sources and of one; 0: no limit.</summary>
    public int RequestsPerSecond { get; init; }

    public int RequestsPerSource { get; init; }

    /// <summary>Open listen streams, of all sources and of one (0: no limit of its own).</summary>
    public int Listens { get; init; }

    public int ListensPerSource { get; init; }

    /// <summary>Permanent puts, of all sources and of one (0: no limit of its own).</summary>
    public int PermanentPuts { get; init; }

    public int PermanentPutsPerSource { get; init; }

    public static ProxyLimits Of(Configuration configuration) => new()
    {
        Token = configuration.Get(ProxyKeys.Token),
        Origins = configuration.Get(ProxyKeys.Origins).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        RequestsPerSecond = configuration.Get(ProxyKeys.RequestsPerSecond),
        RequestsPerSource = configuration.Get(ProxyKeys.RequestsPerSource),
        Listens = configuration.Get(ProxyKeys.Listens),
        ListensPerSource = configuration.Get(ProxyKeys.ListensPerSource),
        PermanentPuts = configuration.Get(ProxyKeys.PermanentPuts),
        PermanentPutsPerSource = configuration.Get(ProxyKeys.PermanentPutsPerSource),
    };
}
