namespace Dna.Fast.Messenger;

/// <summary>What came of reading a file.</summary>
internal enum OwnFileStatus
{
    Read,
    Missing,

    /// <summary>The system refuses.</summary>
    Refused,
}

/// <summary>Files that are of use but not needed: what cannot be read or written is said, never thrown. Mode 0600, replaced whole or not at all. Any thread; of several writers, in other processes too, the last one's stays.</summary>
internal static class OwnFile
{
    /// <summary>What is added to the name of a file that is set aside; an older one of that name goes.</summary>
    public const string Damaged = ".damaged";

    private static int _writes;

    /// <returns>False when the system refuses; the old file is untouched.</returns>
    public static bool TryWrite(string path, ReadOnlySpan<byte> content)
    {
        string full = Path.GetFullPath(path);
        // Two writers meet in no name: a process has one number, and counts its writes.
        string suffix = $".{Environment.ProcessId:x}-{Interlocked.Increment(ref _writes):x}.new";
        try
        {
            DurableFile.MakeFolder(Path.GetDirectoryName(full)!);
            DurableFile.Write(full, content, isDurable: true, suffix);
            return true;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            TryDelete(full + suffix);
            return false;
        }
    }

    /// <param name="bytesMax">What is longer is cut, and fails its checksum.</param>
    public static OwnFileStatus Read(string path, int bytesMax, out byte[] content)
    {
        content = [];
        try
        {
            if (DurableFile.Read(path, bytesMax) is not { } read) return OwnFileStatus.Missing;
            content = read;
            return OwnFileStatus.Read;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return OwnFileStatus.Refused;
        }
    }

    /// <summary>Gives a damaged file another name, so that it is in nobody's way and can be looked at.</summary>
    public static void SetAside(string path)
    {
        try
        {
            File.Move(path, path + Damaged, overwrite: true);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            // The next write replaces it.
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            // It is in nobody's way.
        }
    }
}
