namespace Dna.Fast.Kademlia;

/// <summary>SHA-3 and SHAKE (FIPS 202) of one message.</summary>
/// <remarks>
/// Any thread; allocates nothing; leaves nothing of the message behind. Own code, because the platform has SHA-3 only where its OpenSSL does, and keys and
/// fingerprints must exist everywhere.
/// </remarks>
public static class Sha3
{
    /// <summary>Bytes of a SHA3-256 digest.</summary>
    public const int Bytes256 = 32;

    /// <summary>Bytes of a SHA3-512 digest.</summary>
    public const int Bytes512 = 64;

    /// <param name="digest">32 bytes or more; the first 32 are written.</param>
    public static void Hash256(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        var sponge = new Sponge(Sponge.Rate256, Sponge.HashSuffix);
        Run(ref sponge, message, digest[..Bytes256]);
    }

    /// <param name="digest">64 bytes or more; the first 64 are written.</param>
    public static void Hash512(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        var sponge = new Sponge(Sponge.Rate512, Sponge.HashSuffix);
        Run(ref sponge, message, digest[..Bytes512]);
    }

    /// <param name="output">Filled.</param>
    public static void Shake256(ReadOnlySpan<byte> message, Span<byte> output)
    {
        var sponge = new Sponge(Sponge.Rate256, Sponge.ShakeSuffix);
        Run(ref sponge, message, output);
    }

    private static void Run(ref Sponge sponge, ReadOnlySpan<byte> message, Span<byte> output)
    {
        sponge.Absorb(message);
        sponge.Squeeze(output);
        sponge.Clear();
    }
}
