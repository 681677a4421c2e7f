using System.Runtime.InteropServices;

namespace Dna.Fast.Messenger;

/// <summary>Files that only their owner reads (mode 0600), replaced whole or not at all, whenever the power goes. One writer a file and suffix at a time.</summary>
/// <remarks>The foreign calls open, fsync and close are safe by their arguments: numbers, and a path that is marshalled as a copy; no memory of ours is handed over to be written.</remarks>
internal static partial class DurableFile
{
    private const string Temporary = ".new";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes beside the file and takes its name.</summary>
    /// <param name="suffix">What is added to the name of the file beside it: of several writers each needs another.</param>
    /// <param name="isDurable">True: it is on the disk, under its name, before this returns. False: the old or the new content is there after a power cut.</param>
    /// <exception cref="IOException">Not written; an old file is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">Not written; an old file is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool isDurable, string suffix = Temporary)
    {
        string temporary = path + suffix;
        // A mode is given to a new file only: what an interrupted run left behind goes first.
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(temporary, options))
        {
            file.Write(content);
            // Always: a name may reach the disk before the content it was given to, and then an empty file replaces a good one.
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        if (isDurable) SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <returns>Null when there is none.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read.</exception>
    public static byte[]? Read(string path, int bytesMax)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            byte[] content = new byte[(int)Math.Min(file.Length, bytesMax)];
            int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return length == content.Length ? content : content[..length];
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Makes a folder that only its owner enters, and those above it that are missing.</summary>
    /// <exception cref="IOException">Not made.</exception>
    /// <exception cref="UnauthorizedAccessException">Not made.</exception>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path)) return;
        // A mode is given to the last folder of a path only.
        if (Path.GetDirectoryName(path) is { Length: > 0 } above) MakeFolder(above);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    private static void SyncFolder(string path)
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
