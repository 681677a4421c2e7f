namespace Dna.Fast.Hosting;

/// <summary>A large file that takes its name when it is whole, for its owner alone; without <see cref="Commit"/> nothing is left of it.</summary>
internal sealed class AtomicStream : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private bool _isCommitted;

    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public AtomicStream(string path)
    {
        _path = Path.GetFullPath(path);
        _temporary = _path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Stream = new FileStream(_temporary, options);
    }

    public FileStream Stream { get; }

    /// <summary>Makes it durable and gives it its name, in the place of what had it.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _isCommitted = true;
        Posix.SyncDirectory(Path.GetDirectoryName(_path)!);
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_isCommitted) File.Delete(_temporary);
    }
}
