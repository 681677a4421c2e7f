namespace Dna.Fast.Identity;

/// <summary>What people read when a key file cannot be used: what is wrong, and what to do.</summary>
internal static class KeyFileMessages
{
    /// <param name="content">The file's bytes, to tell what else it may be; may be empty.</param>
    public static string Of(KeyFileStatus status, string path, ReadOnlySpan<byte> content) => status switch
    {
        KeyFileStatus.Missing => $"there is no key file {path}: make one with dna id new, or name another with --key",
        KeyFileStatus.OpenToOthers => $"others can use the key file {path}: say chmod 600 {path}, and change the passphrase if somebody may have read it",
        KeyFileStatus.Foreign => $"{path} is no key file of dna{Guess(content)}",
        KeyFileStatus.NewerVersion => $"the key file {path} was written by a later version of dna: use that one",
        KeyFileStatus.Truncated => $"the key file {path} is cut short: bring it back from a copy, or use dna id recover with its words",
        KeyFileStatus.Damaged => $"the key file {path} is damaged: bring it back from a copy, or use dna id recover with its words",
        KeyFileStatus.TooCostly =>
            $"the key file {path} asks for more memory or time than {PassphraseCost.MemoryKiBMax / 1024} MiB and {PassphraseCost.PassesMax} passes, so it is not opened: dna wrote no such file",
        KeyFileStatus.WrongPassphrase => $"the passphrase does not open {path}",
        KeyFileStatus.Exists => $"there is already a file {path}: choose another name, or move it away",
        KeyFileStatus.Changed => $"the key file {path} was changed by somebody else meanwhile: try again",
        _ => $"the key file {path} cannot be used",
    };

    public static string Memory(string path, PassphraseCost cost) => $"there is no memory for the passphrase of {path}: {cost.MemoryKiB / 1024} MiB are needed for a moment";

    public static string Pipe(string path) => $"{path} is a pipe: a key can be read from it, but not written there; name the file itself";

    private static string Guess(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("PQSIGNUM"u8)) return ": it is one of the original messenger; use dna id import";
        if (content.StartsWith("-----BEGIN"u8)) return ": it is PEM; an identity in PEM is named by its key file X.pem, with X.crt beside it";
        return "";
    }
}
