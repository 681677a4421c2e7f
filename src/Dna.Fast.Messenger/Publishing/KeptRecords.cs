namespace Dna.Fast.Messenger;

/// <summary>The records that a queue keeps published, and their file. Any thread.</summary>
internal sealed class KeptRecords
{
    /// <summary>As many as a client announces.</summary>
    public const int RecordsMax = RecordNetwork.AnnouncedMax;

    /// <summary>Bytes of all of them together: they lie in memory, and the file is written as a whole.</summary>
    public const int BytesMax = 8 * 1024 * 1024;

    /// <summary>Bytes of the file beside the records' data: 1024 names, keys and numbers, generously.</summary>
    private const int FileOverhead = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Lock _saving = new();
    private readonly string? _path;
    private readonly Dictionary<string, KeptRecord> _records = [];
    // Those that this run has not published yet, and that no item of the queue is at work on.
    private readonly HashSet<string> _waiting = [];
    // The file has not what is here.
    private bool _isChanged;
    private long _damaged, _failures;

    public KeptRecords(string? path)
    {
        _path = path;
        if (path is null) return;
        IReadOnlyList<KeptRecord>? records = null;
        OwnFileStatus status = OwnFile.Read(path, BytesMax + FileOverhead, out byte[] content);
        if (status == OwnFileStatus.Read) records = KeptRecordFile.Read(content);
        if (status == OwnFileStatus.Refused) _failures++;
        else if (records is null && status != OwnFileStatus.Missing)
        {
            _damaged++;
            OwnFile.SetAside(path);
        }

        foreach (KeptRecord record in records ?? []) _records[record.Name] = record;
        _waiting.UnionWith(_records.Keys);
    }

    public long Damaged => Interlocked.Read(ref _damaged);

    public long Failures => Interlocked.Read(ref _failures);

    public int Count
    {
        get
        {
            lock (_lock) return _records.Count;
        }
    }

    /// <summary>The records that wait to be published in this run.</summary>
    public KeptRecord[] Waiting()
    {
        lock (_lock) return [.. _waiting.Select(name => _records[name])];
    }

    /// <summary>Puts a record that an item is at work on; what had its name is not kept any more.</summary>
    /// <returns>False when there is no room; nothing changed.</returns>
    public bool TryPut(KeptRecord record)
    {
        lock (_lock)
        {
            KeptRecord? before = _records.GetValueOrDefault(record.Name);
            long bytes = _records.Values.Sum(kept => (long)kept.Data.Length) - (before?.Data.Length ?? 0) + record.Data.Length;
            if (bytes > BytesMax || _records.Count >= RecordsMax && before is null) return false;
            // The slot it had goes on: the next start compares with what lies there.
            bool isSameSlot = before is not null && before.Key == record.Key && before.IsShared == record.IsShared;
            _records[record.Name] = isSameSlot ? record with { Id = before!.Id, Seq = before.Seq } : record;
            _waiting.Remove(record.Name);
            _isChanged = true;
        }

        return true;
    }

    /// <summary>What has this name.</summary>
    public KeptRecord? Find(string name)
    {
        lock (_lock) return _records.GetValueOrDefault(name);
    }

    /// <summary>Notes where a record lies now; nothing when another has its name by now.</summary>
    public void Published(KeptRecord record, ulong id, ushort seq)
    {
        lock (_lock)
        {
            if (_records.GetValueOrDefault(record.Name)?.Data != record.Data) return;
            _records[record.Name] = record with { Id = id, Seq = seq };
            _isChanged = true;
            _waiting.Remove(record.Name);
        }
    }

    /// <summary>No item is at work on it any more, and it is not published.</summary>
    public void Wait(string name)
    {
        lock (_lock)
        {
            if (_records.ContainsKey(name)) _waiting.Add(name);
        }
    }

    public KeptRecord? Remove(string name)
    {
        lock (_lock)
        {
            _waiting.Remove(name);
            if (!_records.Remove(name, out KeptRecord? record)) return null;
            _isChanged = true;
            return record;
        }
    }

    /// <summary>Writes the file where it has not what is here; waits for the disk.</summary>
    public void Save()
    {
        if (_path is null) return;
        lock (_saving)
        {
            KeptRecord[] records;
            lock (_lock)
            {
                if (!_isChanged) return;
                _isChanged = false;
                records = [.. _records.Values];
            }

            if (OwnFile.TryWrite(_path, KeptRecordFile.Write(records))) return;
            Interlocked.Increment(ref _failures);
            lock (_lock) _isChanged = true;
        }
    }
}
