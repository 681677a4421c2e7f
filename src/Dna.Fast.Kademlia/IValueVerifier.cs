namespace Dna.Fast.Kademlia;

/// <summary>Verifies signatures: RSASSA-PKCS1-v1_5 with SHA-512 (section 4.4). Any thread; never throws on input.</summary>
public interface IValueVerifier
{
    /// <param name="ownerSpki">DER SubjectPublicKeyInfo.</param>
    /// <param name="body">The canonical body map.</param>
    /// <param name="signature">The signature.</param>
    /// <returns>True only when the signature is right. A key of another kind than RSA never verifies, as on stock nodes.</returns>
    bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature);

    /// <summary>For the certificate policy (section 4.6): reads a certificate value's data (PEM chain, msgpack-wrapped or not, or raw DER) to the leaf's public key.</summary>
    /// <returns>The leaf's DER SubjectPublicKeyInfo, or null when it is no certificate.</returns>
    byte[]? ReadCertificateKey(ReadOnlySpan<byte> data);
}
