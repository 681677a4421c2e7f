using System.Globalization;
using Dna.Fast.Storage.Disk;
using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Records;

namespace Dna.Fast.Storage.Checkpoints;

/// <summary>The checkpoint files of a store: <c>checkpoint-n.state</c> and <c>checkpoint-n.index</c>. One thread at a time.</summary>
/// <remarks>Two are kept, with all they need of the logs: a damaged one costs time, not values.</remarks>
internal sealed class CheckpointStore(IStoreDisk disk, string directory)
{
    private const string State = ".state";
    private const string Index = ".index";
    private const string Unfinished = ".new";

    // A checkpoint's state is a few hundred kilobytes at most; anything larger is not one.
    private const long StateBytesMax = 16 << 20;

    // What is read at a time to sum up an index.
    private const int SumBytes = 1 << 20;

    /// <summary>Numbers of the checkpoints there are, newest first.</summary>
    public uint[] List()
    {
        List<uint> numbers = [];
        foreach (string name in disk.List(directory))
        {
            int start = FileNames.Checkpoint.Length + 1;
            if (name.StartsWith(FileNames.Checkpoint + "-", StringComparison.Ordinal) && name.EndsWith(State, StringComparison.Ordinal)
                && uint.TryParse(name.AsSpan(start, name.Length - start - State.Length), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint number))
            {
                numbers.Add(number);
            }
        }

        numbers.Sort();
        numbers.Reverse();
        return [.. numbers];
    }

    /// <returns>Null when it, or its index, is not what was written.</returns>
    public CheckpointState? Load(uint number)
    {
        try
        {
            using IStoreFile file = disk.Open(PathOf(number, State));
            if (file.Length > StateBytesMax) return null;
            byte[] bytes = new byte[file.Length];
            file.Read(bytes, 0);
            CheckpointState? state = CheckpointState.Read(bytes);
            return state is not null && disk.FileExists(IndexPath(number)) && SumIndex(number) == state.IndexSum ? state : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes the index durable, then the state; from the rename on the checkpoint is there.</summary>
    public void Save(uint number, CheckpointState state)
    {
        using (IStoreFile index = disk.Open(IndexPath(number))) index.Sync();
        state.IndexSum = SumIndex(number);
        string path = PathOf(number, State);
        disk.Delete(path + Unfinished);
        using (IStoreFile file = disk.Open(path + Unfinished))
        {
            file.Write(state.Write(), 0);
            file.Sync();
        }

        disk.Rename(path + Unfinished, path);
        disk.SyncDirectory(directory);
    }

    public string IndexPath(uint number) => PathOf(number, Index);

    public IStoreFile OpenIndex(uint number) => disk.Open(IndexPath(number));

    /// <summary>Deletes everything of one checkpoint, the state first: without it the rest is nothing.</summary>
    public void Delete(uint number)
    {
        disk.Delete(PathOf(number, State));
        disk.Delete(PathOf(number, State + Unfinished));
        disk.Delete(IndexPath(number));
    }

    /// <summary>Deletes what a crash left of checkpoints that were never finished.</summary>
    public void DeleteUnfinished()
    {
        HashSet<uint> finished = [.. List()];
        foreach (string name in disk.List(directory))
        {
            if (!name.StartsWith(FileNames.Checkpoint + "-", StringComparison.Ordinal)) continue;
            int start = FileNames.Checkpoint.Length + 1;
            bool known = name.Length >= start + 8
                && uint.TryParse(name.AsSpan(start, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint number) && finished.Contains(number);
            if (!known || name.EndsWith(Unfinished, StringComparison.Ordinal)) disk.Delete(Path.Combine(directory, name));
        }
    }

    private uint SumIndex(uint number)
    {
        using IStoreFile file = disk.Open(IndexPath(number));
        byte[] buffer = new byte[SumBytes];
        uint sum = uint.MaxValue;
        long offset = 0;
        for (int read; (read = file.Read(buffer, offset)) > 0; offset += read) sum = Crc32C.Append(sum, buffer.AsSpan(0, read));
        return sum;
    }

    private string PathOf(uint number, string suffix) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{FileNames.Checkpoint}-{number:x8}{suffix}"));
}
