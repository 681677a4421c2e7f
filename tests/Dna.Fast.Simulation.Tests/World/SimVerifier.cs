using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Simulation.Tests.World;

/// <summary>Signatures without keys: the signature is a hash of owner and body. As good as a real one where nobody cheats, and it needs no randomness.</summary>
internal sealed class SimVerifier : IValueVerifier
{
    public static SimVerifier Instance { get; } = new();

    public static byte[] Sign(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body) => SHA256.HashData([.. ownerSpki, .. body]);

    public bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature) =>
        signature.SequenceEqual(Sign(ownerSpki, body));

    public byte[]? ReadCertificateKey(ReadOnlySpan<byte> data) => null;
}
