namespace Dna.Fast.Storage.Disk;

/// <summary>The disk as the store sees it: an argument, so that a test can make it fail where it likes.</summary>
/// <remarks>Any thread. Failures are <see cref="IOException"/> (its HResult is the errno on Unix) or <see cref="UnauthorizedAccessException"/>.</remarks>
public interface IStoreDisk
{
    /// <summary>Opens a file for reading and writing, and creates it when it is missing.</summary>
    IStoreFile Open(string path);

    /// <summary>Opens a file nobody else has open, and keeps everybody else from opening it until it is disposed.</summary>
    /// <exception cref="IOException">Somebody has it.</exception>
    IDisposable Lock(string path);

    void CreateDirectory(string path);

    bool FileExists(string path);

    /// <summary>Names (not paths) of the files of a directory; none when it is missing.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Length of a file, 0 for a missing one.</summary>
    long Length(string path);

    /// <summary>Deletes a file; a missing one is no error.</summary>
    void Delete(string path);

    /// <summary>Renames over whatever has the new name, atomically.</summary>
    void Rename(string from, string to);

    /// <summary>Makes creations, deletions and renames in a directory durable.</summary>
    void SyncDirectory(string path);
}

/// <summary>One open file. Any thread; ranges that overlap are the caller's business.</summary>
public interface IStoreFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads until <paramref name="destination"/> or the file ends.</summary>
    /// <returns>Bytes read: fewer than asked only at the end of the file.</returns>
    int Read(Span<byte> destination, long offset);

    /// <summary>Writes all of <paramref name="source"/>; the file grows as needed.</summary>
    void Write(ReadOnlySpan<byte> source, long offset);

    /// <summary>Returns when everything written is on the medium.</summary>
    void Sync();

    /// <summary>Cuts or extends (with zeros) to <paramref name="length"/> bytes.</summary>
    void SetLength(long length);
}
