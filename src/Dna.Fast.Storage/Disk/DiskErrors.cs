namespace Dna.Fast.Storage.Disk;

/// <summary>What an operator is told about a failing disk.</summary>
internal static class DiskErrors
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int ReadOnlyFileSystem = 30;

    // The framework reports a full disk on Windows as these.
    private const int WindowsDiskFull = unchecked((int)0x8007_0070);
    private const int WindowsHandleDiskFull = unchecked((int)0x8007_0027);

    public static bool IsFull(Exception exception) =>
        exception is IOException && exception.HResult is NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull;

    /// <summary>One sentence: what is wrong and what to do.</summary>
    public static string Explain(Exception exception) => exception switch
    {
        _ when IsFull(exception) => "the disk is full: make room, the store goes on by itself",
        IOException { HResult: ReadOnlyFileSystem } => "the file system became read-only: see the system log, repair it and restart",
        UnauthorizedAccessException => $"no permission to write ({exception.Message}): give the files back to the user of this process",
        _ => $"the disk fails ({exception.Message}): see the system log; nothing is acknowledged until it works again",
    };
}
