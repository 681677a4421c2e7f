using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>Small files with secrets: only their owner reads them (mode 0600), and they are made or replaced whole or not at all, whenever the power goes.</summary>
/// <remarks>
/// <para>Any thread. Of several writers at once each writes beside the file under a random name of his own: the last one's replacement stays, and only one creates.
/// <see cref="WriteBeside"/> and <see cref="TakeName"/> share a name, so they are for one writer a file at a time.</para>
/// <para>The foreign calls open, fsync, close and link take paths, marshalled as copies, and numbers: no memory of ours is handed over.</para>
/// </remarks>
public static partial class PrivateFile
{
    /// <summary>What the name of a file that is being written ends in until it takes its name.</summary>
    public const string Temporary = ".new";

    /// <summary>Hexadecimal digits in a temporary name: 64 bits, so that nobody's name is met by chance.</summary>
    private const int TemporaryDigits = 16;

    /// <summary>EEXIST of Linux, macOS and the BSDs.</summary>
    private const int AlreadyExists = 17;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Age of a temporary file that nobody writes any more; writing one takes milliseconds.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    /// <summary>Writes beside the file, makes that durable, takes the file's name, makes that durable.</summary>
    /// <exception cref="IOException">Not written; an old file is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">Not written; an old file is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string temporary = WriteTemporary(path, content);
        try
        {
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        SyncDirectory(FolderOf(path));
    }

    /// <summary>As <see cref="Write"/>, when there is nothing of that name: of several who try at once exactly one makes the file.</summary>
    /// <returns>False when there is something; it is untouched.</returns>
    /// <exception cref="IOException">Not written.</exception>
    /// <exception cref="UnauthorizedAccessException">Not written.</exception>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        string temporary = WriteTemporary(path, content);
        try
        {
            if (!TryTakeFreeName(temporary, path)) return false;
        }
        finally
        {
            File.Delete(temporary);
        }

        SyncDirectory(FolderOf(path));
        return true;
    }

    /// <summary>The first half of <see cref="Write"/>: the content lies durably beside the file, under its name with <see cref="Temporary"/>, where a reader looks for it.</summary>
    /// <exception cref="IOException">Not written.</exception>
    /// <exception cref="UnauthorizedAccessException">Not written.</exception>
    public static void WriteBeside(string path, ReadOnlySpan<byte> content)
    {
        // A mode is given to a new file only: what an interrupted run left behind goes first.
        File.Delete(path + Temporary);
        WriteNew(path + Temporary, content);
    }

    /// <summary>The second half of <see cref="Write"/>: what lies beside the file takes its name.</summary>
    /// <exception cref="IOException">The old file is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">The old file is untouched.</exception>
    public static void TakeName(string path)
    {
        File.Move(path + Temporary, path, overwrite: true);
        SyncDirectory(FolderOf(path));
    }

    /// <summary>Writes a file of a random name beside the one that is meant, and clears away what interrupted runs left there.</summary>
    /// <returns>Its path.</returns>
    internal static string WriteTemporary(string path, ReadOnlySpan<byte> content)
    {
        string temporary = $"{path}.{RandomNumberGenerator.GetHexString(TemporaryDigits, lowercase: true)}{Temporary}";
        try
        {
            WriteNew(temporary, content);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        DeleteAbandoned(path, File.GetLastWriteTimeUtc(temporary) - AbandonedAfter);
        return temporary;
    }

    /// <summary>Takes a free name where there are no hard links: with an empty file, which the content then replaces.</summary>
    internal static bool TryTakeFreeNameWithoutLinks(string temporary, string path)
    {
        try
        {
            WriteNew(path, default);
        }
        catch (IOException) when (Path.Exists(path))
        {
            return false;
        }

        try
        {
            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Reads a file or what comes through a pipe.</summary>
    /// <param name="bytesMax">What is longer is cut to so many bytes.</param>
    /// <returns>Pinned; the caller zeroes it when it is a secret.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read.</exception>
    public static byte[] Read(string path, int bytesMax)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Read(file, bytesMax);
    }

    internal static byte[] Read(FileStream file, int bytesMax)
    {
        // A pipe does not know how much will come.
        byte[] room = GC.AllocateUninitializedArray<byte>(file.CanSeek ? (int)Math.Min(file.Length, bytesMax) : bytesMax, pinned: true);
        int length = file.ReadAtLeast(room, room.Length, throwOnEndOfStream: false);
        if (length == room.Length) return room;
        byte[] content = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        room.AsSpan(0, length).CopyTo(content);
        CryptographicOperations.ZeroMemory(room.AsSpan(0, length));
        return content;
    }

    /// <summary>True when others than the owner may use the file. Always false where files have no such modes.</summary>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    public static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0;

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>A link refuses a name that is taken; a rename would not.</summary>
    private static bool TryTakeFreeName(string temporary, string path)
    {
        if (OperatingSystem.IsWindows()) return TryTakeFreeNameWithoutLinks(temporary, path);
        if (Link(temporary, path) == 0) return true;
        return Marshal.GetLastPInvokeError() != AlreadyExists && TryTakeFreeNameWithoutLinks(temporary, path);
    }

    /// <summary>Deletes temporary files of that path from before that time, which is the file system's.</summary>
    private static void DeleteAbandoned(string path, DateTime before)
    {
        string begin = Path.GetFileName(path) + ".";
        try
        {
            foreach (string other in Directory.EnumerateFiles(FolderOf(path)))
            {
                string name = Path.GetFileName(other);
                bool isOurs = name.Length == begin.Length + TemporaryDigits + Temporary.Length
                    && name.StartsWith(begin, StringComparison.Ordinal) && name.EndsWith(Temporary, StringComparison.Ordinal)
                    && name.AsSpan(begin.Length, TemporaryDigits).IndexOfAnyExcept(LowerHex) < 0;
                if (isOurs && File.GetLastWriteTimeUtc(other) < before) File.Delete(other);
            }
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            // It is in nobody's way.
        }
    }

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

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string existing, string added);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
