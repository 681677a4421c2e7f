namespace Dna.Fast.Messenger;

/// <summary>What came of reading a file of ours.</summary>
internal enum OwnFileStatus
{
    Read,
    Missing,

    /// <summary>It is longer than anything we write.</summary>
    TooLarge,

    /// <summary>The system refuses.</summary>
    Refused,
}

/// <summary>Files of this layer: only their owner reads them (mode 0600, as they tell who talks to whom), and they are replaced whole or not at all. Any thread; of several writers the last one's stays.</summary>
internal static class OwnFile
{
    /// <summary>What is added to the name of a file that is set aside; an older one of that name goes.</summary>
    public const string Damaged = ".damaged";

    /// <summary>Writes beside the file, makes that durable, then takes its name.</summary>
    /// <returns>False when the system refuses; the old file is untouched.</returns>
    public static bool TryWrite(string path, ReadOnlySpan<byte> content)
    {
        // Two writers meet in no name: a process has one number, and writes of one process one path each.
        string temporary = $"{path}.{Environment.ProcessId:x}-{Interlocked.Increment(ref _writes):x}.new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(temporary, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            return false;
        }
    }

    public static OwnFileStatus Read(string path, long bytesMax, out byte[] content)
    {
        content = [];
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length > bytesMax) return OwnFileStatus.TooLarge;
            content = new byte[file.Length];
            file.ReadExactly(content);
            return OwnFileStatus.Read;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return OwnFileStatus.Missing;
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
            // The next save replaces it.
        }
    }

    private static int _writes;

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
