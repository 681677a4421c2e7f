using System.Runtime.InteropServices;

namespace Dna.Fast.Identity;

/// <summary>Small files with secrets: only their owner reads them (mode 0600), and they are replaced whole or not at all, whenever the power goes.</summary>
/// <remarks>
/// Any thread; one writer a file at a time. The foreign calls open, fsync and close take a path, marshalled as a copy, and numbers: no memory of ours is handed over.
/// </remarks>
public static partial class PrivateFile
{
    /// <summary>What a file that is being written is called until it takes its name.</summary>
    public const string Temporary = ".new";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Writes beside the file, makes that durable, takes the file's name, makes that durable.</summary>
    /// <exception cref="IOException">Not written; an old file is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">Not written; an old file is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        WriteBeside(path, content);
        TakeName(path);
    }

    /// <summary>The first half of <see cref="Write"/>: the content lies durably beside the file, under its name with <see cref="Temporary"/>.</summary>
    /// <exception cref="IOException">Not written.</exception>
    /// <exception cref="UnauthorizedAccessException">Not written.</exception>
    public static void WriteBeside(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + Temporary;
        // A mode is given to a new file only: what an interrupted run left behind goes first.
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var file = new FileStream(temporary, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>The second half of <see cref="Write"/>: what lies beside the file takes its name.</summary>
    /// <exception cref="IOException">The old file is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">The old file is untouched.</exception>
    public static void TakeName(string path)
    {
        File.Move(path + Temporary, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>True when others than the owner may use the file. Always false where files have no such modes.</summary>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    public static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;

    private static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        // Without it a renamed file may be gone after a power cut. Some file systems cannot; then the rename is as durable as it gets.
        int descriptor = Open(path, 0);
        if (descriptor < 0) return;
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
