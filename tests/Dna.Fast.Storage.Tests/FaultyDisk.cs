using Dna.Fast.Storage.Disk;

namespace Dna.Fast.Storage.Tests;

/// <summary>The real disk, until it is told to fail.</summary>
internal sealed class FaultyDisk : IStoreDisk
{
    private const int NoSpace = 28;
    private const int InputOutput = 5;

    private readonly FileDisk _inner = FileDisk.Instance;

    /// <summary>What the disk does to writes.</summary>
    public enum Mode
    {
        Works,

        /// <summary>No write finds room.</summary>
        Full,

        /// <summary>Writes work, syncs fail.</summary>
        SyncFails,

        /// <summary>Nothing may be touched.</summary>
        Forbidden,
    }

    public volatile Mode Now;

    public IStoreFile Open(string path)
    {
        if (Now == Mode.Forbidden) throw new UnauthorizedAccessException("test");
        if (Now == Mode.Full && !_inner.FileExists(path)) throw new IOException("test", NoSpace);
        return new FaultyFile(this, _inner.Open(path));
    }

    public IDisposable Lock(string path)
    {
        if (Now == Mode.Forbidden) throw new UnauthorizedAccessException("test");
        if (Now == Mode.Full) throw new IOException("test", NoSpace);
        return _inner.Lock(path);
    }

    public void CreateDirectory(string path) => _inner.CreateDirectory(path);

    public bool FileExists(string path) => _inner.FileExists(path);

    public IReadOnlyList<string> List(string directory) => _inner.List(directory);

    public long Length(string path) => _inner.Length(path);

    public void Delete(string path) => _inner.Delete(path);

    public void Rename(string from, string to) => _inner.Rename(from, to);

    public void SyncDirectory(string path) => _inner.SyncDirectory(path);

    private sealed class FaultyFile(FaultyDisk disk, IStoreFile inner) : IStoreFile
    {
        public long Length => inner.Length;

        public int Read(Span<byte> destination, long offset) => inner.Read(destination, offset);

        public void Write(ReadOnlySpan<byte> source, long offset)
        {
            if (disk.Now == Mode.Full) throw new IOException("test", NoSpace);
            inner.Write(source, offset);
        }

        public void Sync()
        {
            if (disk.Now == Mode.SyncFails) throw new IOException("test", InputOutput);
            inner.Sync();
        }

        public void SetLength(long length) => inner.SetLength(length);

        public void Dispose() => inner.Dispose();
    }
}
