using Dna.Fast.Settings;
using Dna.Fast.Settings.Keys;
using Dna.Fast.Wire;

namespace Dna.Fast.Proxy;

/// <summary>What a REST proxy is started with.</summary>
internal sealed record ProxySettings
{
    /// <summary>TCP addresses; empty: no proxy.</summary>
    public IReadOnlyList<NodeAddress> Listen { get; init; } = [];

    /// <summary>PEM files for TLS, both or none.</summary>
    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>Base name of the files of the identity that signs and encrypts; null: nobody does.</summary>
    public string? Identity { get; init; }

    public ProxyLimits Limits { get; init; } = new();

    public static ProxySettings Of(Configuration configuration) => new()
    {
        Listen = configuration.Get(ProxyKeys.Listen),
        CertificateFile = configuration.Get(ProxyKeys.Certificate),
        KeyFile = configuration.Get(ProxyKeys.Key),
        Identity = configuration.Get(ProxyKeys.Identity),
        Limits = ProxyLimits.Of(configuration),
    };
}
