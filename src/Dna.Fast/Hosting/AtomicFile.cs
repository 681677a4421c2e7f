namespace Dna.Fast.Hosting;

/// <summary>Small files that are replaced whole or not at all, whenever the power goes.</summary>
internal static class AtomicFile
{
    private const string Temporary = ".new";

    /// <summary>Writes beside the file, makes that durable, then takes the file's name.</summary>
    /// <exception cref="IOException">Not written; the old file is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">Not written; the old file is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + Temporary;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        Posix.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
