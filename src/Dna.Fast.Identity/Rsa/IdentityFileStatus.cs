namespace Dna.Fast.Identity;

/// <summary>What came of reading or writing an RSA identity.</summary>
public enum IdentityFileStatus
{
    Ok,

    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>The system refused to read or write it.</summary>
    Unreadable,

    /// <summary>The file with the private key can be read by others than its owner.</summary>
    OpenToOthers,

    /// <summary>It begins as it should and then breaks off, or its content is damaged.</summary>
    Truncated,

    /// <summary>It holds nothing that looks like a key or a certificate.</summary>
    Foreign,

    /// <summary>It holds a private key of another kind than RSA, or one too small.</summary>
    NotRsa,

    /// <summary>The private key is encrypted, and no password was given.</summary>
    PasswordNeeded,

    /// <summary>The password does not open the private key.</summary>
    WrongPassword,

    /// <summary>The certificate is one of another key.</summary>
    PairMismatch,
}

/// <summary>An identity that was read, or why there is none.</summary>
/// <param name="Identity">Not null exactly when <paramref name="Status"/> is Ok and something was read; the caller disposes it.</param>
/// <param name="Message">For people: what is wrong and what to do, naming the file; empty when Ok. Never says anything of the content.</param>
public sealed record IdentityFileResult(IdentityFileStatus Status, RsaIdentity? Identity, string Message)
{
    public static IdentityFileResult Ok(RsaIdentity? identity) => new(IdentityFileStatus.Ok, identity, "");

    public static IdentityFileResult Failed(IdentityFileStatus status, string message) => new(status, null, message);
}
