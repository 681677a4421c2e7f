using System.Security.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>A key file that was read and not opened yet.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Header">What it says without its passphrase.</param>
/// <param name="Content">Its bytes as they were read.</param>
public sealed record LockedKeyFile(string Path, KeyFileHeader Header, ReadOnlyMemory<byte> Content)
{
    public override string ToString() => $"{Path}: {Header.Fingerprint}";
}

/// <summary>Key files on the disk: mode 0600, replaced whole or not at all, whenever the power goes.</summary>
/// <remarks>Any thread. Never throws on what is in a file or on what the system refuses.</remarks>
public sealed class KeyFileStore(UserSuites suites, FillRandom random)
{
    /// <summary>With <see cref="BetweenAttempts"/> two seconds: no disk that works takes longer for a few kilobytes.</summary>
    private const int AttemptsMax = 100;

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads a file, or what comes through a pipe, without opening it.</summary>
    public KeyFileResult<LockedKeyFile> Read(string path)
    {
        try
        {
            if (!File.Exists(path)) return Failed<LockedKeyFile>(KeyFileStatus.Missing, path);
            if (PrivateFile.IsOpenToOthers(path)) return Failed<LockedKeyFile>(KeyFileStatus.OpenToOthers, path);
            byte[] content = ReadWhole(path);
            KeyFileStatus status = KeyFile.ReadHeader(content, suites, out KeyFileHeader? header);
            return status == KeyFileStatus.Ok
                ? KeyFileResult.Ok(new LockedKeyFile(path, header!, content))
                : KeyFileResult.Failed<LockedKeyFile>(status, KeyFileMessages.Of(status, path, content));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return Refused<LockedKeyFile>(path, refusal);
        }
    }

    /// <summary>Opens a file. Takes the time and memory its header says, both bounded (<see cref="PassphraseCost"/>).</summary>
    /// <param name="passphrase">UTF-8.</param>
    /// <returns>The identity, which the caller disposes.</returns>
    public KeyFileResult<UserIdentity> Open(LockedKeyFile file, ReadOnlySpan<byte> passphrase)
    {
        try
        {
            KeyFileStatus status = KeyFile.Open(file.Content.Span, passphrase, suites, out UserIdentity? identity);
            return identity is not null ? KeyFileResult.Ok(identity) : KeyFileResult.Failed<UserIdentity>(status, KeyFileMessages.Of(status, file.Path, file.Content.Span));
        }
        catch (CryptographicException)
        {
            return KeyFileResult.Failed<UserIdentity>(KeyFileStatus.Unusable, KeyFileMessages.Memory(file.Path, file.Header.Cost));
        }
    }

    /// <summary>Writes a new file. Of several who try at once exactly one does.</summary>
    /// <param name="passphrase">UTF-8, not empty.</param>
    /// <returns>The file as it lies there; Exists when there is one already: it is untouched.</returns>
    public KeyFileResult<LockedKeyFile> Create(string path, UserIdentity identity, ReadOnlySpan<byte> passphrase, PassphraseCost cost)
    {
        try
        {
            // Asked first too, because deriving the passphrase's key takes a while.
            if (Path.Exists(path)) return Failed<LockedKeyFile>(KeyFileStatus.Exists, path);
            byte[] content = KeyFile.Seal(identity, passphrase, cost, random);
            return PrivateFile.TryCreate(path, content) ? Written(path, content) : Failed<LockedKeyFile>(KeyFileStatus.Exists, path);
        }
        catch (CryptographicException)
        {
            return KeyFileResult.Failed<LockedKeyFile>(KeyFileStatus.Unusable, KeyFileMessages.Memory(path, cost));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return Refused<LockedKeyFile>(path, refusal);
        }
    }

    /// <summary>Replaces a file that was read before.</summary>
    /// <param name="passphrase">UTF-8, not empty.</param>
    /// <returns>The file as it lies there now; Changed when it is not any more what was read: it is untouched. Unusable for what came through a pipe.</returns>
    public KeyFileResult<LockedKeyFile> Replace(LockedKeyFile old, UserIdentity identity, ReadOnlySpan<byte> passphrase, PassphraseCost cost)
    {
        try
        {
            byte[] content = KeyFile.Seal(identity, passphrase, cost, random);
            // Not shared: a second writer is refused here, and finds the file changed when it comes later.
            using var held = new FileStream(old.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            if (!held.CanSeek) return KeyFileResult.Failed<LockedKeyFile>(KeyFileStatus.Unusable, KeyFileMessages.Pipe(old.Path));
            if (!PrivateFile.Read(held, KeyFile.BytesMax).AsSpan().SequenceEqual(old.Content.Span)) return Failed<LockedKeyFile>(KeyFileStatus.Changed, old.Path);
            // A link stays a link: what it leads to is replaced.
            PrivateFile.Write(File.ResolveLinkTarget(old.Path, returnFinalTarget: true)?.FullName ?? old.Path, content);
            return Written(old.Path, content);
        }
        catch (CryptographicException)
        {
            return KeyFileResult.Failed<LockedKeyFile>(KeyFileStatus.Unusable, KeyFileMessages.Memory(old.Path, cost));
        }
        catch (FileNotFoundException)
        {
            return Failed<LockedKeyFile>(KeyFileStatus.Changed, old.Path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return Refused<LockedKeyFile>(old.Path, refusal);
        }
    }

    private KeyFileResult<LockedKeyFile> Written(string path, byte[] content)
    {
        KeyFile.ReadHeader(content, suites, out KeyFileHeader? header);
        return KeyFileResult.Ok(new LockedKeyFile(path, header!, content));
    }

    /// <summary>Reads a file that somebody may be replacing right now: they hold it for the time of a small write.</summary>
    private static byte[] ReadWhole(string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                // What is longer is no key file, and cut it cannot be read as one.
                return PrivateFile.Read(path, KeyFile.BytesMax);
            }
            catch (IOException) when (attempt < AttemptsMax && File.Exists(path))
            {
                Thread.Sleep(BetweenAttempts);
            }
        }
    }

    private static KeyFileResult<T> Failed<T>(KeyFileStatus status, string path)
        where T : class => KeyFileResult.Failed<T>(status, KeyFileMessages.Of(status, path, default));

    private static KeyFileResult<T> Refused<T>(string path, Exception refusal)
        where T : class => KeyFileResult.Failed<T>(KeyFileStatus.Unusable, $"the key file {path} cannot be used: {refusal.Message}");
}
