using NSec.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>What one guess of a passphrase costs: Argon2id, version 1.3, one lane (RFC 9106).</summary>
/// <param name="MemoryKiB">Memory in KiB, <see cref="MemoryKiBMin"/> to <see cref="MemoryKiBMax"/>.</param>
/// <param name="Passes">Passes over that memory, 1 to <see cref="PassesMax"/>.</param>
public readonly record struct PassphraseCost(int MemoryKiB, int Passes)
{
    /// <summary>Argon2's own least: 8 blocks of 1 KiB.</summary>
    public const int MemoryKiBMin = 8;

    /// <summary>512 MiB: a file may not take more of a small server's memory.</summary>
    public const int MemoryKiBMax = 512 * 1024;

    /// <summary>With the most memory a few seconds: a file may not take more of anybody's time.</summary>
    public const int PassesMax = 16;

    /// <summary>Bytes of a salt.</summary>
    internal const int SaltBytes = 16;

    /// <summary>128 MiB and 3 passes, about a quarter of a second: twice the memory of RFC 9106's second recommendation, for a quarter of its lanes.</summary>
    public static PassphraseCost Default => new(128 * 1024, 3);

    /// <summary>True when both are in their ranges.</summary>
    public bool IsBearable => MemoryKiB is >= MemoryKiBMin and <= MemoryKiBMax && Passes is >= 1 and <= PassesMax;

    /// <summary>The key of a passphrase, in libsodium's guarded memory; the caller disposes it.</summary>
    /// <param name="salt"><see cref="SaltBytes"/>.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The memory is not there: libsodium's only reason when both numbers are in range.</exception>
    internal Key DeriveKey(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt)
    {
        Argon2Parameters parameters = new() { DegreeOfParallelism = 1, MemorySize = MemoryKiB, NumberOfPasses = Passes };
        return PasswordBasedKeyDerivationAlgorithm.Argon2id(parameters).DeriveKey(passphrase, salt, KeyFile.Cipher);
    }
}
