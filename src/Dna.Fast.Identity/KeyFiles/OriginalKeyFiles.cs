using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity;

/// <summary>A pair of the original client's files, <c>BASE.dsa</c> and <c>BASE.kem</c>: together a messenger identity. Any thread; never throws on what is in a file.</summary>
public static class OriginalKeyFiles
{
    private static readonly (OriginalKeyKind Kind, string Ending)[] Pair = [(OriginalKeyKind.Signing, ".dsa"), (OriginalKeyKind.Encryption, ".kem")];

    /// <summary>The part of a path both files share: without <c>.dsa</c> or <c>.kem</c>.</summary>
    public static string BaseOf(string path) =>
        path.EndsWith(".dsa", StringComparison.Ordinal) || path.EndsWith(".kem", StringComparison.Ordinal) ? path[..^4] : path;

    /// <summary>Reads both files and checks that all four keys belong together.</summary>
    /// <param name="name">What to call the identity; null: what the file says, unless that is its fingerprint.</param>
    /// <returns>The identity, without a DHT identity; the caller disposes it.</returns>
    public static KeyFileResult<UserIdentity> Read(string basePath, UserSuites suites, string? name)
    {
        byte[][] contents = new byte[2][];
        try
        {
            for (int i = 0; i < Pair.Length; i++)
            {
                string path = basePath + Pair[i].Ending;
                if (!File.Exists(path)) return Failed(KeyFileStatus.Missing, $"there is no file {path}: an identity of the original messenger is two files, .dsa and .kem");
                if (PrivateFile.IsOpenToOthers(path)) return Failed(KeyFileStatus.OpenToOthers, $"others can read the private key in {path}: say chmod 600 {path}");
                // One byte more than there should be is enough to refuse.
                contents[i] = PrivateFile.Read(path, OriginalKeyFile.BytesOf(Pair[i].Kind) + 1);
            }

            return Join(basePath, contents, suites.Messenger, name);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return Failed(KeyFileStatus.Unusable, $"the files of {basePath} cannot be read: {refusal.Message}");
        }
        finally
        {
            foreach (byte[]? content in contents) CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Writes both files, mode 0600; they are not encrypted.</summary>
    /// <returns>The identity it was given, or why nothing was written: Exists, and what there is stays untouched; WrongKind for another suite; Unusable.</returns>
    public static KeyFileResult<UserIdentity> Write(string basePath, UserIdentity identity)
    {
        if (identity.Suite.Id != SuiteId.Messenger)
            return Failed(KeyFileStatus.WrongKind, $"the original messenger has no files for keys of the {identity.Suite.Name} suite");
        foreach ((_, string ending) in Pair)
        {
            if (Path.Exists(basePath + ending)) return Existing(basePath + ending);
        }

        using var signing = new SecretBytes(identity.Suite.PrivateSigningKeyBytes);
        using var encryption = new SecretBytes(identity.Suite.PrivateEncryptionKeyBytes);
        identity.Keys.ExportPrivate(signing.Span, encryption.Span);
        string name = identity.Name.Length == 0 ? identity.Keys.Fingerprint : identity.Name;
        try
        {
            using SecretBytes dsa = OriginalKeyFile.Write(OriginalKeyKind.Signing, identity.Keys.SigningKey.Span, signing.Span, name);
            using SecretBytes kem = OriginalKeyFile.Write(OriginalKeyKind.Encryption, identity.Keys.EncryptionKey.Span, encryption.Span, name);
            if (!PrivateFile.TryCreate(basePath + Pair[0].Ending, dsa.Span)) return Existing(basePath + Pair[0].Ending);
            return WriteSecond(basePath, kem.Span) ? KeyFileResult.Ok(identity) : Existing(basePath + Pair[1].Ending);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return Failed(KeyFileStatus.Unusable, $"the files of {basePath} cannot be written: {refusal.Message}");
        }
    }

    /// <summary>Writes the second file, or takes the first one, which is ours, away again.</summary>
    private static bool WriteSecond(string basePath, ReadOnlySpan<byte> content)
    {
        bool isWritten = false;
        try
        {
            return isWritten = PrivateFile.TryCreate(basePath + Pair[1].Ending, content);
        }
        finally
        {
            if (!isWritten) File.Delete(basePath + Pair[0].Ending);
        }
    }

    private static KeyFileResult<UserIdentity> Existing(string path) => Failed(KeyFileStatus.Exists, $"there is already a file {path}: choose another name, or move it away");

    private static KeyFileResult<UserIdentity> Join(string basePath, byte[][] contents, IIdentitySuite suite, string? name)
    {
        KeyFileStatus status = OriginalKeyFile.Read(contents[0], OriginalKeyKind.Signing, out ReadOnlySpan<byte> signingPublic, out ReadOnlySpan<byte> signing, out string written);
        if (status != KeyFileStatus.Ok) return Failed(status, Problem(status, basePath + ".dsa"));
        status = OriginalKeyFile.Read(contents[1], OriginalKeyKind.Encryption, out ReadOnlySpan<byte> encryptionPublic, out ReadOnlySpan<byte> encryption, out _);
        if (status != KeyFileStatus.Ok) return Failed(status, Problem(status, basePath + ".kem"));
        if (suite.Import(signing, encryption) is not { } keys) return Failed(KeyFileStatus.Damaged, $"the private keys in {basePath}.dsa and .kem are damaged: bring them back from a copy");
        if (keys.SigningKey.Span.SequenceEqual(signingPublic) && keys.EncryptionKey.Span.SequenceEqual(encryptionPublic))
            return KeyFileResult.Ok(UserIdentity.FromKeys(suite, keys, name ?? (written == keys.Fingerprint ? "" : written)));
        keys.Dispose();
        return Failed(KeyFileStatus.Damaged, $"public and private keys in {basePath}.dsa and .kem do not belong together: bring them back from a copy");
    }

    private static KeyFileResult<UserIdentity> Failed(KeyFileStatus status, string message) => KeyFileResult.Failed<UserIdentity>(status, message);

    private static string Problem(KeyFileStatus status, string path) => status switch
    {
        KeyFileStatus.Foreign => $"{path} is no key file of the original messenger",
        KeyFileStatus.NewerVersion => $"{path} is of a later version of the original messenger's files, which nobody here can read",
        KeyFileStatus.WrongKind => $"{path} holds a key of another kind: .dsa holds ML-DSA-87, .kem holds Kyber1024 round 3; later messengers' ML-KEM keys are not these",
        KeyFileStatus.Truncated => $"{path} is cut short: bring it back from a copy",
        _ => $"{path} is damaged: bring it back from a copy",
    };
}
