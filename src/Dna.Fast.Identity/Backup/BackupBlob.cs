using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>What a backup consists of: the buffer of <see cref="DhtIdentityBuffer"/>, sealed to the user's own encryption key (DNA layer, section 5.2).</summary>
internal static class BackupBlob
{
    public static byte[] Seal(IUserKeys user, RsaIdentity identity)
    {
        byte[] plain = DhtIdentityBuffer.Export(identity);
        try
        {
            return user.Suite.SealBlob(user.EncryptionKey.Span, plain) ?? throw new InvalidOperationException("A user's own key always seals.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <param name="opened">True when the blob is for this user, whatever it holds.</param>
    /// <returns>The identity, which the caller disposes; else null.</returns>
    public static RsaIdentity? Open(IUserKeys user, ReadOnlySpan<byte> blob, out bool opened)
    {
        byte[]? plain = user.OpenBlob(blob);
        opened = plain is not null;
        RsaIdentity? identity = opened ? DhtIdentityBuffer.Import(plain).Identity : null;
        CryptographicOperations.ZeroMemory(plain);
        return identity;
    }
}
