using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dna.Fast.Storage.Disk;

/// <summary>The real disk.</summary>
public sealed partial class FileDisk : IStoreDisk
{
    /// <summary>The one there is.</summary>
    public static readonly FileDisk Instance = new();

    private FileDisk()
    {
    }

    public IStoreFile Open(string path) =>
        new OpenFile(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess));

    // FileShare.None is an exclusive flock on Unix: it holds between processes and vanishes with the process.
    public IDisposable Lock(string path) => new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    public void CreateDirectory(string path)
    {
        // What others put here is theirs: nobody else on the machine reads it.
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public bool FileExists(string path) => File.Exists(path);

    public IReadOnlyList<string> List(string directory)
    {
        if (!Directory.Exists(directory)) return [];
        string[] paths = Directory.GetFiles(directory);
        for (int i = 0; i < paths.Length; i++) paths[i] = Path.GetFileName(paths[i]);
        return paths;
    }

    public long Length(string path)
    {
        FileInfo file = new(path);
        return file.Exists ? file.Length : 0;
    }

    public void Delete(string path) => File.Delete(path);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void SyncDirectory(string path)
    {
        // Only Unix opens directories; elsewhere the file system journals names by itself.
        if (OperatingSystem.IsWindows()) return;
        int descriptor = OpenForSync(path, 0);
        if (descriptor < 0) throw new IOException($"cannot open directory {path}", Marshal.GetLastPInvokeError());
        int result = SyncDescriptor(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result != 0) throw new IOException($"cannot sync directory {path}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenForSync(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(SafeFileHandle file);

    private sealed class OpenFile(SafeFileHandle handle) : IStoreFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> destination, long offset)
        {
            int total = 0;
            while (total < destination.Length)
            {
                int read = RandomAccess.Read(handle, destination[total..], offset + total);
                if (read == 0) break;
                total += read;
            }

            return total;
        }

        public void Write(ReadOnlySpan<byte> source, long offset) => RandomAccess.Write(handle, source, offset);

        public void Sync()
        {
            // fdatasync leaves out the times of the file, which nobody reads; the framework only offers fsync.
            if (!OperatingSystem.IsLinux())
            {
                RandomAccess.FlushToDisk(handle);
            }
            else if (SyncData(handle) != 0)
            {
                throw new IOException("cannot sync", Marshal.GetLastPInvokeError());
            }
        }

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Dispose() => handle.Dispose();
    }
}
