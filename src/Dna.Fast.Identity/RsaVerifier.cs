using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>Verifies RSASSA-PKCS1-v1_5 with SHA-512 (wire specification, section 4.4) by the system's cryptography.</summary>
/// <remarks>Any thread; never throws on input. Keys of 1024 to 8192 bits; every other key never verifies, as on stock nodes.</remarks>
public sealed class RsaVerifier : IValueVerifier
{
    // An 8192-bit key's SubjectPublicKeyInfo has 1,062 bytes; hashing more than that for the cache would be work for nothing.
    private const int SpkiBytesMax = 1_100;

    private readonly OwnerKeyCache _keys = new();

    /// <summary>Imported keys held now.</summary>
    internal int KeysHeld => _keys.Count;

    /// <inheritdoc />
    public bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        if (ownerSpki.Length > SpkiBytesMax || signature.Length is < RsaPublicKey.BitsMin / 8 or > RsaPublicKey.BitsMax / 8) return false;
        RSA? key = _keys.Find(ownerSpki);
        if (key is null) return false;
        try
        {
            // The documentation promises thread safety for static members only.
            lock (key) return key.VerifyData(body, signature, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <inheritdoc />
    public byte[]? ReadCertificateKey(ReadOnlySpan<byte> data) => CertificateReader.ReadKey(data);
}
