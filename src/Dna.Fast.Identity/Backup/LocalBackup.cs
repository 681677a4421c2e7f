using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>The backup of a user's DHT identity in a file of his, <c>FINGERPRINT_dht_identity.enc</c> (DNA layer, section 5.2), sealed to his own key.</summary>
/// <remarks>Any thread; one writer at a time. Mode 0600, replaced whole or not at all; the original client writes the same content, not atomically.</remarks>
public static class LocalBackup
{
    /// <summary>What the original reads at most, in bytes: 10 MiB.</summary>
    private const int FileBytesMax = 10 << 20;

    /// <param name="folder">The original's is <c>~/.dna</c>.</param>
    public static string PathOf(string folder, string fingerprint) => Path.Combine(folder, fingerprint + "_dht_identity.enc");

    /// <summary>Reads and opens the file.</summary>
    /// <param name="expected">As in <see cref="NetworkBackup.FetchAsync"/>; null: nothing is. The original client keeps here what it finds in the network, so a file proves nothing either.</param>
    public static BackupResult Load(string folder, IUserKeys user, IReadOnlyCollection<InfoHash>? expected = null)
    {
        string path = PathOf(folder, user.Fingerprint);
        byte[] blob;
        try
        {
            if (!File.Exists(path)) return BackupResult.Failed(BackupStatus.Absent, $"there is no backup {path}: look into the network, or make a new DHT identity");
            blob = PrivateFile.Read(path, FileBytesMax + 1);
            if (blob.Length is 0 or > FileBytesMax)
                return BackupResult.Failed(BackupStatus.Damaged, $"the backup {path} is empty or too large to be one: delete it and fetch the one in the network", 1);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return BackupResult.Failed(BackupStatus.Unreadable, $"the backup {path} cannot be read: {refusal.Message}");
        }

        if (user.OpenBlob(blob) is not { } plain)
            return BackupResult.Failed(BackupStatus.NotOurs, $"the backup {path} does not open with this user's keys, or is damaged: fetch the one in the network", 1);
        IdentityFileResult read = DhtIdentityBuffer.Import(plain);
        CryptographicOperations.ZeroMemory(plain);
        if (read.Identity is not { } identity) return BackupResult.Failed(BackupStatus.Damaged, $"{read.Message} (in {path})", 1);
        bool isExpected = expected?.Contains(identity.KeyId) ?? false;
        string message = isExpected || expected is null or { Count: 0 } ? "" : $"the backup {path} holds the DHT identity {identity.KeyId}, which is none of those expected";
        return new BackupResult(BackupStatus.Found, identity, message, 1, 1, isExpected);
    }

    /// <summary>Writes the file, unless one is there with another identity of this user or one that cannot be read: that is untouched.</summary>
    /// <returns>Null when it is written; else for people why not.</returns>
    public static string? Save(string folder, IUserKeys user, RsaIdentity identity) => SaveBlob(folder, user, identity.KeyId, BackupBlob.Seal(user, identity));

    /// <param name="keyId">Of the identity in the blob.</param>
    internal static string? SaveBlob(string folder, IUserKeys user, InfoHash keyId, ReadOnlySpan<byte> blob)
    {
        string path = PathOf(folder, user.Fingerprint);
        BackupResult old = Load(folder, user);
        using RsaIdentity? kept = old.Identity;
        if (kept is not null && kept.KeyId != keyId)
            return $"the backup {path} holds another DHT identity, {kept.KeyId}, and is not replaced by one of {keyId}: move it away when it is needed no more";
        if (old.Status == BackupStatus.Unreadable) return old.Message;
        try
        {
            if (old.Status != BackupStatus.Absent) PrivateFile.Write(path, blob);
            else if (!PrivateFile.TryCreate(path, blob)) return $"the backup {path} was written by somebody else meanwhile: try again";
            return null;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return $"the backup {path} cannot be written: {refusal.Message}";
        }
    }
}
