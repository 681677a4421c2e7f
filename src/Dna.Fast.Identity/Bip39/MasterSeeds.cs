using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>The seeds that come out of a mnemonic's master (DNA layer, section 2.3). Any thread.</summary>
public static class MasterSeeds
{
    /// <summary>Bytes of a seed.</summary>
    public const int Bytes = 32;

    /// <summary>SHAKE256(master, then label): a signing or encryption seed of a suite.</summary>
    /// <param name="seed">32 bytes; the caller zeroes them.</param>
    internal static void Derive(ReadOnlySpan<byte> master, ReadOnlySpan<byte> label, Span<byte> seed)
    {
        CheckSize(master);
        var sponge = new Sponge(Sponge.Rate256, Sponge.ShakeSuffix);
        sponge.Absorb(master);
        sponge.Absorb(label);
        sponge.Squeeze(seed[..Bytes]);
        sponge.Clear();
    }

    /// <summary>SHA3-512(master, then <c>dht_identity</c>), its first 32 bytes: the seed of the OpenDHT identity.</summary>
    /// <param name="seed">32 bytes; the caller zeroes them.</param>
    public static void DeriveDht(ReadOnlySpan<byte> master, Span<byte> seed)
    {
        CheckSize(master);
        Span<byte> digest = stackalloc byte[Sha3.Bytes512];
        var sponge = new Sponge(Sponge.Rate512, Sponge.HashSuffix);
        sponge.Absorb(master);
        sponge.Absorb("dht_identity"u8);
        sponge.Squeeze(digest);
        sponge.Clear();
        digest[..Bytes].CopyTo(seed);
        CryptographicOperations.ZeroMemory(digest);
    }

    private static void CheckSize(ReadOnlySpan<byte> master)
    {
        if (master.Length != Mnemonic.MasterBytes) throw new ArgumentException($"A master has {Mnemonic.MasterBytes} bytes, not {master.Length}.", nameof(master));
    }
}
