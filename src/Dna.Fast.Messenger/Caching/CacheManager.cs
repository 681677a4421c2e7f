namespace Dna.Fast.Messenger;

/// <summary>All caches of one client: regions, their files, their statistics and events (DNA layer, section 16).</summary>
/// <remarks>
/// Any thread. A region with a file is read from it when it is added, and written by <see cref="Save"/> and by disposing. A file that is damaged is set aside as <c>NAME.damaged</c> and
/// counted, and the region begins empty. Two processes with one folder do not disturb each other: whoever saves last leaves the file.
/// </remarks>
/// <param name="time">For ages, and for the dates in files.</param>
/// <param name="folder">Where files lie; made when it is needed. Null: all regions are in memory only.</param>
public sealed class CacheManager(TimeProvider time, string? folder = null) : IDisposable
{
    /// <summary>Bytes of a file beside its entries' records: keys, dates and lengths, generously.</summary>
    private const int FileOverhead = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Lock _saving = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly List<CacheRegion> _regions = [];
    private readonly Dictionary<CacheRegion, long> _saved = [];
    private bool _isDisposed;

    /// <summary>Changes of all regions; see <see cref="CacheRegion.Changed"/> for when and where.</summary>
    public event Action<CacheChange>? Changed;

    /// <summary>In the order they were added.</summary>
    public IReadOnlyList<CacheRegion> Regions
    {
        get
        {
            lock (_lock) return [.. _regions];
        }
    }

    /// <summary>All regions in numbers.</summary>
    public CacheStatistics Statistics => new([.. Regions.Select(region => region.Statistics)]);

    /// <summary>Adds a region, with what its file has.</summary>
    /// <exception cref="ArgumentException">The name is taken; the file name is no plain name; or Write or Read is missing for a file.</exception>
    public CacheRegion<T> Add<T>(RegionOptions<T> options)
        where T : class
    {
        if (options.FileName is { } file && (Path.GetFileName(file) != file || options.Write is null || options.Read is null))
            throw new ArgumentException("A region with a file needs a plain file name, and a way to write and read its records.", nameof(options));
        var region = new CacheRegion<T>(options, time, _closing.Token);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_regions.Exists(other => other.Name == options.Name)) throw new ArgumentException($"There is a region {options.Name} already.", nameof(options));
            Load(region, options.BytesMax);
            _regions.Add(region);
            _saved[region] = region.Version;
        }

        region.Changed += change => Changed?.Invoke(change);
        return region;
    }

    /// <summary>Takes out all entries whose time is over.</summary>
    /// <returns>How many.</returns>
    public int Expire() => Regions.Sum(region => region.Expire());

    /// <summary>Takes out all entries of all regions; their files are empty after the next <see cref="Save"/>.</summary>
    /// <returns>How many.</returns>
    public int Clear() => Regions.Sum(region => region.Clear());

    /// <summary>Writes the files of regions that changed since they were read or written; waits for the disk.</summary>
    /// <returns>StorageError when one could not be written; the others are.</returns>
    public ResultCode Save()
    {
        if (folder is null) return ResultCode.Success;
        ResultCode code = ResultCode.Success;
        lock (_saving)
        {
            foreach (CacheRegion region in Regions.Where(region => region.FileName is not null))
            {
                long version = region.Version;
                if (_saved[region] == version) continue;
                if (OwnFile.TryWrite(PathOf(region), CacheFile.Write(region.Export())))
                {
                    _saved[region] = version;
                    continue;
                }

                region.CountFile(isDamaged: false);
                code = ResultCode.StorageError;
            }
        }

        return code;
    }

    /// <summary>Ends all searches and saves; whoever asks from then on is told NotInitialized.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }

        foreach (CacheRegion region in Regions) region.Close();
        _closing.Cancel();
        Save();
        _closing.Dispose();
    }

    private string PathOf(CacheRegion region) => Path.Combine(folder!, region.FileName!);

    private void Load(CacheRegion region, long bytesMax)
    {
        if (folder is null || region.FileName is null) return;
        IReadOnlyList<SavedEntry>? entries = null;
        int fileMax = (int)Math.Min(bytesMax, int.MaxValue / 2) + FileOverhead;
        OwnFileStatus status = OwnFile.Read(PathOf(region), fileMax, out byte[] content);
        if (status == OwnFileStatus.Read) entries = CacheFile.Read(content);
        if (entries is not null) region.Import(entries);
        else if (status == OwnFileStatus.Refused) region.CountFile(isDamaged: false);
        else if (status != OwnFileStatus.Missing)
        {
            region.CountFile(isDamaged: true);
            OwnFile.SetAside(PathOf(region));
        }
    }
}
