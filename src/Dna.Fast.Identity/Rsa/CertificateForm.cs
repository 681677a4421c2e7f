namespace Dna.Fast.Identity;

/// <summary>Which certificates a new RSA identity gets. Nodes look at the leaf's key only; the forms differ for people and for other programs.</summary>
public enum CertificateForm
{
    /// <summary>As dhtnode makes them (wire specification, section 8): an own CA "DHT Node CA" with a P-384 key signs the leaf "DHT Node".</summary>
    Stock,

    /// <summary>As the DNA messenger's seed-era client makes them (DNA layer, section 2.1): self-signed, "dht_node".</summary>
    SelfSigned,
}
