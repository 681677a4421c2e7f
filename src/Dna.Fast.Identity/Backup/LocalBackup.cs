using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>The backup of a user's DHT identity in a file of his, <c>FINGERPRINT_dht_identity.enc</c> (DNA layer, section 5.2), sealed to his own key.</summary>
/// <remarks>Any thread; one writer at a time. Mode 0600, replaced whole or not at all; the original client writes the same content, not atomically.</remarks>
public static class LocalBackup
{
    /// <summary>What the original reads at most, in bytes: 10 MiB.</summary>
    private const long FileBytesMax = 10 << 20;

    /// <param name="folder">The original's is <c>~/.dna</c>.</param>
    public static string PathOf(string folder, string fingerprint) => Path.Combine(folder, fingerprint + "_dht_identity.enc");

    /// <summary>Reads and opens the file.</summary>
    public static BackupResult Load(string folder, IUserKeys user)
    {
        string path = PathOf(folder, user.Fingerprint);
        byte[] blob;
        try
        {
            if (!File.Exists(path)) return BackupResult.Failed(BackupStatus.Absent, $"there is no backup {path}: look into the network, or make a new DHT identity");
            if (new FileInfo(path).Length is 0 or > FileBytesMax)
                return BackupResult.Failed(BackupStatus.Damaged, $"the backup {path} is empty or too large to be one: delete it and fetch the one in the network", 1);
            blob = File.ReadAllBytes(path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return BackupResult.Failed(BackupStatus.Unreadable, $"the backup {path} cannot be read: {refusal.Message}");
        }

        if (user.OpenBlob(blob) is not { } plain)
            return BackupResult.Failed(BackupStatus.NotOurs, $"the backup {path} does not open with this user's keys, or is damaged: fetch the one in the network", 1);
        IdentityFileResult read = DhtIdentityBuffer.Import(plain);
        CryptographicOperations.ZeroMemory(plain);
        return read.Identity is { } identity
            ? new BackupResult(BackupStatus.Found, identity, "", 1, 1, IsExpected: true)
            : BackupResult.Failed(BackupStatus.Damaged, $"{read.Message} (in {path})", 1);
    }

    /// <summary>Writes the file.</summary>
    /// <returns>Null when it is written; else for people why not.</returns>
    public static string? Save(string folder, IUserKeys user, RsaIdentity identity) => SaveBlob(folder, user, BackupBlob.Seal(user, identity));

    internal static string? SaveBlob(string folder, IUserKeys user, ReadOnlySpan<byte> blob)
    {
        string path = PathOf(folder, user.Fingerprint);
        try
        {
            PrivateFile.Write(path, blob);
            return null;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return $"the backup {path} cannot be written: {refusal.Message}";
        }
    }
}
