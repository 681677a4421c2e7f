using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>Fills bytes nobody can predict: <see cref="System.Security.Cryptography.RandomNumberGenerator.Fill"/> in production, something repeatable in tests. Any thread.</summary>
public delegate void FillRandom(Span<byte> bytes);

/// <summary>A suite that also makes keys: from seeds, and from what a key file holds.</summary>
public interface IIdentitySuite : ISuite
{
    /// <summary>Size of the private signing key as <see cref="IIdentityKeys.ExportPrivate"/> writes it: 4896 (FIPS 204's form) or 32 (the seed).</summary>
    int PrivateSigningKeyBytes { get; }

    /// <summary>Size of the private decryption key as <see cref="IIdentityKeys.ExportPrivate"/> writes it: 3168 (Kyber's form) or 32.</summary>
    int PrivateEncryptionKeyBytes { get; }

    /// <summary>The keys of a mnemonic's master (section 2.3): the same master gives the same keys, for ever.</summary>
    /// <param name="master">64 bytes of <see cref="Mnemonic.DeriveMaster"/>.</param>
    IIdentityKeys FromMaster(ReadOnlySpan<byte> master);

    /// <summary>The keys of two seeds of 32 bytes.</summary>
    IIdentityKeys FromSeeds(ReadOnlySpan<byte> signingSeed, ReadOnlySpan<byte> encryptionSeed);

    /// <summary>The keys of an export; checks that they are whole: each private half must fit the public half it carries and work with it.</summary>
    /// <returns>Null when a size is wrong or a key does not fit itself.</returns>
    IIdentityKeys? Import(ReadOnlySpan<byte> privateSigningKey, ReadOnlySpan<byte> privateEncryptionKey);
}

/// <summary>User keys that can be written to a key file.</summary>
public interface IIdentityKeys : IUserKeys
{
    /// <summary>Copies the private keys out; the caller zeroes both.</summary>
    /// <param name="signing"><see cref="IIdentitySuite.PrivateSigningKeyBytes"/>.</param>
    /// <param name="encryption"><see cref="IIdentitySuite.PrivateEncryptionKeyBytes"/>.</param>
    void ExportPrivate(Span<byte> signing, Span<byte> encryption);
}
