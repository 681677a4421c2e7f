namespace Dna.Fast.Identity;

/// <summary>What came of reading or writing a key file.</summary>
public enum KeyFileStatus
{
    Ok,

    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>The system refused to read or write it.</summary>
    Unusable,

    /// <summary>Others than its owner can use the file.</summary>
    OpenToOthers,

    /// <summary>It is something else.</summary>
    Foreign,

    /// <summary>A later version of this program wrote it.</summary>
    NewerVersion,

    /// <summary>Its end is missing.</summary>
    Truncated,

    /// <summary>It is as long as it should be, and its bytes are not what was written.</summary>
    Damaged,

    /// <summary>Its passphrase would take more memory or time than <see cref="PassphraseCost"/> bears.</summary>
    TooCostly,

    /// <summary>The passphrase does not open it.</summary>
    WrongPassphrase,

    /// <summary>There is a file already, and no permission to replace it.</summary>
    Exists,

    /// <summary>Somebody else wrote it since it was read, or writes it now.</summary>
    Changed,

    /// <summary>Its keys are of another kind than the place they are for.</summary>
    WrongKind,
}

/// <summary>Something read from a key file, or why there is nothing.</summary>
/// <param name="Value">Not null exactly when <paramref name="Status"/> is Ok and something was read.</param>
/// <param name="Message">For people: what is wrong and what to do, naming the file; empty when Ok. Never says anything of the secrets.</param>
public sealed record KeyFileResult<T>(KeyFileStatus Status, T? Value, string Message)
    where T : class;

/// <summary>Makes <see cref="KeyFileResult{T}"/>.</summary>
internal static class KeyFileResult
{
    public static KeyFileResult<T> Ok<T>(T value)
        where T : class => new(KeyFileStatus.Ok, value, "");

    public static KeyFileResult<T> Failed<T>(KeyFileStatus status, string message)
        where T : class => new(status, null, message);
}
