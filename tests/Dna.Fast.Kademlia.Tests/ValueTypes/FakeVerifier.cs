using System.Security.Cryptography;

namespace Dna.Fast.Kademlia.Tests.ValueTypes;

/// <summary>A signature is right when it is the SHA-1 of owner and body; a certificate is "CERT" and its key.</summary>
internal sealed class FakeVerifier : IValueVerifier
{
    public int SignaturesChecked { get; private set; }

    public int CertificatesRead { get; private set; }

    public static byte[] Sign(ReadOnlySpan<byte> owner, ReadOnlySpan<byte> body) => SHA1.HashData([.. owner, .. body]);

    public static byte[] Certificate(string key, string rest = "") => [.. "CERT"u8, (byte)key.Length, .. System.Text.Encoding.UTF8.GetBytes(key + rest)];

    public bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        SignaturesChecked++;
        return signature.SequenceEqual(Sign(ownerSpki, body));
    }

    public byte[]? ReadCertificateKey(ReadOnlySpan<byte> data)
    {
        CertificatesRead++;
        return data.StartsWith("CERT"u8) ? data.Slice(5, data[4]).ToArray() : null;
    }
}
