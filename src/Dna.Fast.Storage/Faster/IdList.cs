using Dna.Fast.Storage.Records;

namespace Dna.Fast.Storage.Faster;

/// <summary>Value ids of one directory, in order of first storage. A buffer of a session.</summary>
internal sealed class IdList
{
    // 32 KiB a session; a crowded key's list is let go after the call.
    private const int KeepMax = 4096;

    private ulong[] _ids = [];

    public int Count { get; private set; }

    public ReadOnlySpan<ulong> Ids => _ids.AsSpan(0, Count);

    public void Clear()
    {
        Count = 0;
        if (_ids.Length > KeepMax) _ids = [];
    }

    /// <summary>Room for <paramref name="more"/> ids behind those there are; <see cref="Advance"/> makes them part of the list.</summary>
    public Span<ulong> Room(int more)
    {
        if (_ids.Length < Count + more) Array.Resize(ref _ids, Math.Max(Count + more, _ids.Length * 2));
        return _ids.AsSpan(Count, more);
    }

    public void Advance(int count) => Count += count;

    public void Add(ulong id)
    {
        Room(1)[0] = id;
        Count++;
    }

    public void AddFrom(ReadOnlySpan<byte> record) => Count += DirectoryRecord.ReadIds(record, Room(DirectoryRecord.IdsMax));

    public void AddAll(IdList others)
    {
        others.Ids.CopyTo(Room(others.Count));
        Count += others.Count;
    }

    /// <returns>False when it is not there.</returns>
    public bool Remove(ulong id)
    {
        int index = Ids.IndexOf(id);
        if (index < 0) return false;
        RemoveRange(index, 1);
        return true;
    }

    public void Set(int index, ulong id) => _ids[index] = id;

    public void RemoveRange(int index, int count)
    {
        _ids.AsSpan(index + count, Count - index - count).CopyTo(_ids.AsSpan(index));
        Count -= count;
    }
}
