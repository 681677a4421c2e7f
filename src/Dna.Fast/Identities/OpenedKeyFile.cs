using Dna.Fast.Identity;

namespace Dna.Fast.Identities;

/// <summary>A key file, what was in it, and the passphrase that opened it. Disposing zeroes all of it.</summary>
internal sealed record OpenedKeyFile(LockedKeyFile File, UserIdentity Identity, SecretBytes Passphrase) : IDisposable
{
    public override string ToString() => File.ToString();

    public void Dispose()
    {
        Identity.Dispose();
        Passphrase.Dispose();
    }
}
