using System.Globalization;

namespace Dna.Fast.Storage.Disk;

/// <summary>A long address space kept in files of equal size, <c>name.0</c>, <c>name.1</c> and so on, of which the oldest can be dropped.</summary>
/// <remarks>
/// Any thread. What was never written reads as zeros.
/// <para>With <paramref name="growBytes"/> a file grows by so many zeros at once, and later writes only fill them: then a sync writes data and nothing
/// else, where each change of a file's length costs another write of the disk. One thread writes then.</para>
/// </remarks>
internal sealed class SegmentFiles(IStoreDisk disk, string directory, string name, int segmentBits, int growBytes = 0) : IDisposable
{
    private static readonly byte[] Zeros = new byte[64 * 1024];

    private readonly Lock _lock = new();
    private readonly List<string> _created = [];
    private IStoreFile?[] _files = [];
    private long _grownUntil;

    public long SegmentBytes => 1L << segmentBits;

    /// <summary>Bytes on the disk.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (int segment in Existing()) bytes += Find(segment)?.Length ?? 0;
            return bytes;
        }
    }

    /// <summary>The address behind the last byte written, as the files say.</summary>
    public long End
    {
        get
        {
            int[] existing = Existing();
            return existing.Length == 0 ? 0 : ((long)existing[^1] << segmentBits) + (Find(existing[^1])?.Length ?? 0);
        }
    }

    /// <summary>The address of the first byte there is.</summary>
    public long Begin
    {
        get
        {
            int[] existing = Existing();
            return existing.Length == 0 ? 0 : (long)existing[0] << segmentBits;
        }
    }

    /// <summary>Numbers of the segments there are, rising.</summary>
    public int[] Existing()
    {
        List<int> numbers = [];
        string prefix = name + ".";
        foreach (string file in disk.List(directory))
        {
            if (!file.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (int.TryParse(file.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)) numbers.Add(number);
        }

        numbers.Sort();
        return [.. numbers];
    }

    /// <summary>Writes within one segment.</summary>
    public void Write(ReadOnlySpan<byte> source, long address)
    {
        IStoreFile file = Open((int)(address >> segmentBits));
        long offset = address & (SegmentBytes - 1);
        if (growBytes != 0) Grow(file, address, offset + source.Length);
        file.Write(source, offset);
    }

    /// <summary>Reads within one segment; what is not there is zeros.</summary>
    /// <returns>Bytes that were there.</returns>
    public int Read(Span<byte> destination, long address)
    {
        int read = Find((int)(address >> segmentBits))?.Read(destination, address & (SegmentBytes - 1)) ?? 0;
        destination[read..].Clear();
        return read;
    }

    /// <summary>Makes the segments from the one of <paramref name="from"/> to the one of <paramref name="to"/> durable, names included.</summary>
    public void Sync(long from, long to)
    {
        for (int segment = (int)(from >> segmentBits); segment <= (int)(to >> segmentBits); segment++) Find(segment)?.Sync();
        lock (_lock)
        {
            if (_created.Count == 0) return;
            disk.SyncDirectory(directory);
            _created.Clear();
        }
    }

    /// <summary>Deletes the segments that end at or before <paramref name="address"/>.</summary>
    public void DropBelow(long address)
    {
        foreach (int segment in Existing())
        {
            if ((segment + 1L) << segmentBits <= address) Delete(segment);
        }
    }

    /// <summary>Cuts everything from <paramref name="address"/> on.</summary>
    public void CutAt(long address)
    {
        foreach (int segment in Existing())
        {
            long start = (long)segment << segmentBits;
            if (start >= address) Delete(segment);
            else if (start + SegmentBytes > address && Find(segment) is { } file && file.Length > address - start) file.SetLength(address - start);
        }
    }

    /// <summary>Deletes all segments.</summary>
    public void DeleteAll()
    {
        foreach (int segment in Existing()) Delete(segment);
    }

    private void Grow(IStoreFile file, long address, long end)
    {
        long segment = address & -SegmentBytes;
        if (segment + end <= _grownUntil) return;
        long length = file.Length, wanted = Math.Min(SegmentBytes, (end + growBytes - 1) / growBytes * growBytes);
        while (length < wanted)
        {
            int zeros = (int)Math.Min(Zeros.Length, wanted - length);
            file.Write(Zeros.AsSpan(0, zeros), length);
            length += zeros;
        }

        _grownUntil = segment + wanted;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (IStoreFile? file in _files) file?.Dispose();
            _files = [];
        }
    }

    private string PathOf(int segment) => Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{name}.{segment}"));

    private void Delete(int segment)
    {
        lock (_lock)
        {
            if (segment < _files.Length)
            {
                _files[segment]?.Dispose();
                _files[segment] = null;
            }

            disk.Delete(PathOf(segment));
        }
    }

    private IStoreFile? Find(int segment)
    {
        IStoreFile?[] files = _files;
        if ((uint)segment < (uint)files.Length && files[segment] is { } open) return open;
        return segment >= 0 && disk.FileExists(PathOf(segment)) ? Open(segment) : null;
    }

    private IStoreFile Open(int segment)
    {
        IStoreFile?[] files = _files;
        if (segment < files.Length && files[segment] is { } open) return open;
        lock (_lock)
        {
            if (segment >= _files.Length) Array.Resize(ref _files, Math.Max(segment + 1, _files.Length * 2));
            if (_files[segment] is { } other) return other;
            string path = PathOf(segment);
            if (!disk.FileExists(path)) _created.Add(path);
            return _files[segment] = disk.Open(path);
        }
    }
}
