using System.Collections.ObjectModel;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger;

/// <summary>A chunked record as one of its writers left it.</summary>
/// <param name="Owner">Key id of the RSA key that signed all its chunks.</param>
public sealed record ChunkedValue(InfoHash Owner, ReadOnlyMemory<byte> Data);

/// <summary>Records of more than 64 KiB in the network (DNA layer, section 15.2): written from the last chunk to the first, so that chunk 0 with its hash makes a version valid.</summary>
/// <remarks>Any thread; writes of one client to one base key follow one another. Each writer has the value id of its owner, so that several may write under one base key. A deadline covers a whole call.</remarks>
public sealed class ChunkStore(RecordNetwork network) : IDisposable
{
    /// <summary>Records of one base key that a reader looks at, of all owners in turn: anybody can put a chunk 0. Where there are more, the answer is not complete.</summary>
    public const int WritersMax = 128;

    /// <summary>Records of the greatest length that a reader holds: of smaller ones it holds more.</summary>
    private const int FullRecordsMax = 32;

    /// <summary>Chunks of one record under way at a time: more would meet the request limits of peers (pain row 24).</summary>
    private const int InFlightMax = 4;

    /// <summary>How often a reader looks for a record whose chunks are of two versions: its writer is at work just then.</summary>
    internal const int TriesMax = 3;

    /// <summary>What the original waits in between.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly KeyLocks _locks = new();

    /// <summary>Writes a record of ours; a version we wrote before is replaced.</summary>
    /// <param name="baseKey">A text of <see cref="ChunkBases"/>.</param>
    /// <param name="type">Value type: how long it lives.</param>
    /// <returns>Success only when all chunks were taken.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<PutReport> WriteAsync(string baseKey, ushort type, ReadOnlyMemory<byte> record, TimeSpan deadline, CancellationToken cancellation = default) =>
        WriteAsync(baseKey, type, record, network.Within(deadline), cancellation);

    /// <summary>Deletes our record: a chunk 0 that says so.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<PutReport> DeleteAsync(string baseKey, ushort type, TimeSpan deadline, CancellationToken cancellation = default)
    {
        Deadline within = network.Within(deadline);
        using IDisposable? turn = await _locks.EnterAsync(baseKey, within, cancellation).ConfigureAwait(false);
        return turn is null ? PutReport.No(ResultCode.Timeout) : (await PutAsync(baseKey, type, ChunkedRecord.Tombstone(), new ChunkSlot(network.OwnerValueId, null), within, cancellation).ConfigureAwait(false)).Report;
    }

    /// <summary>Every writer's record under a base key.</summary>
    /// <param name="bytesMax">The most one record may have, decompressed.</param>
    /// <returns>Success with at least one; NotFound; NetworkError, Timeout; SerializationFailed when there are only broken ones.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Answer<IReadOnlyList<ChunkedValue>>> ReadAllAsync(string baseKey, int bytesMax, TimeSpan deadline, CancellationToken cancellation = default)
    {
        ChunksFound found = await ReadAsync(baseKey, bytesMax, owner: null, network.Within(deadline), cancellation).ConfigureAwait(false);
        return found.Code == ResultCode.Success ? Answer<IReadOnlyList<ChunkedValue>>.Of(found.Values) : Answer<IReadOnlyList<ChunkedValue>>.No(found.Code);
    }

    public void Dispose() => _locks.Dispose();

    internal async Task<PutReport> WriteAsync(string baseKey, ushort type, ReadOnlyMemory<byte> record, Deadline deadline, CancellationToken cancellation) =>
        (await WriteAsync(baseKey, type, record, new ChunkSlot(network.OwnerValueId, null), deadline, cancellation).ConfigureAwait(false)).Report;

    /// <summary>As the public one, at a value id, and perhaps only where nothing of ours lies there.</summary>
    /// <returns>The report; and true when something of ours lies there that should not: another device's.</returns>
    internal async Task<(PutReport Report, bool IsOutdated)> WriteAsync(
        string baseKey, ushort type, ReadOnlyMemory<byte> record, ChunkSlot slot, Deadline deadline, CancellationToken cancellation)
    {
        if (record.Length > ChunkCodec.RecordBytesMax) return (PutReport.No(ResultCode.OutOfMemory), false);
        using IDisposable? turn = await _locks.EnterAsync(baseKey, deadline, cancellation).ConfigureAwait(false);
        if (turn is null) return (PutReport.No(ResultCode.Timeout), false);
        Chunk[] chunks = ChunkedRecord.Split(record.Span);
        var puts = new List<RecordPut>();
        foreach (Chunk[] batch in chunks.Skip(1).Reverse().Chunk(InFlightMax).Append([chunks[0]]))
        {
            puts.AddRange(await Task.WhenAll(batch.Select(chunk => PutAsync(baseKey, type, chunk, slot, deadline, cancellation))).ConfigureAwait(false));
            // Without all others chunk 0 would make a broken version of a good one.
            if (puts.Exists(put => !put.IsSuccess)) break;
        }

        return (PutReport.Worst([.. puts.Select(put => put.Report)]), puts.Exists(put => put.IsOutdated));
    }

    /// <summary>Our own record: what we, or our other devices, wrote.</summary>
    internal async Task<Answer<ReadOnlyMemory<byte>>> ReadOwnAsync(string baseKey, int bytesMax, Deadline deadline, CancellationToken cancellation)
    {
        ChunksFound found = await ReadAsync(baseKey, bytesMax, network.Dht.OwnerId, deadline, cancellation).ConfigureAwait(false);
        return new Answer<ReadOnlyMemory<byte>>(found.Code, found.Values.Count > 0 ? found.Values[0].Data : default);
    }

    /// <param name="tries">How often broken ones are looked at: their writer may be at work just then.</param>
    /// <param name="versions">Chunks whose versions are told at least, also of those that belong to no record.</param>
    internal async Task<ChunksFound> ReadAsync(
        string baseKey, int bytesMax, InfoHash? owner, Deadline deadline, CancellationToken cancellation, int tries = TriesMax, int versions = 1)
    {
        for (int attempt = 1; ; attempt++)
        {
            ChunksFound found = await ReadOnceAsync(baseKey, bytesMax, owner, versions, deadline, cancellation).ConfigureAwait(false);
            if (found.Code != ResultCode.SerializationFailed || attempt >= tries || deadline.Left <= RetryPause) return found;
            await Task.Delay(RetryPause, network.Time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<ChunksFound> ReadOnceAsync(string baseKey, int bytesMax, InfoHash? owner, int versions, Deadline deadline, CancellationToken cancellation)
    {
        var seqs = new Dictionary<int, int>();
        // Before the record: a version that comes in between must count as newer than what was read.
        for (int i = 1; i < versions; i++) Note(seqs, i, await network.GetAllAsync(DnaKeys.Chunk(baseKey, i), deadline, cancellation).ConfigureAwait(false));
        RecordsFound found = await network.GetAllAsync(DnaKeys.Chunk(baseKey, 0), deadline, cancellation).ConfigureAwait(false);
        Note(seqs, 0, found);
        (VerifiedValue First, Chunk Head)[] heads = Heads(found.Values, bytesMax, owner, out bool isAll);
        var values = new List<ChunkedValue>();
        ResultCode worst = isAll ? found.Missing : ResultCode.Timeout;
        bool isComplete = isAll && found.IsComplete && found.Code is ResultCode.Success or ResultCode.NotFound;
        foreach ((VerifiedValue first, Chunk head) in heads)
        {
            Answer<byte[]> whole = await JoinAsync(baseKey, bytesMax, first, head, seqs, deadline, cancellation).ConfigureAwait(false);
            if (whole.Value is { } data) values.Add(new ChunkedValue(first.OwnerId, data));
            // Whoever is not reached counts for more than a broken one, which anybody can put there.
            else if (whole.Code != ResultCode.SerializationFailed || isComplete) worst = whole.Code;
            isComplete &= whole.IsSuccess || whole.Code == ResultCode.SerializationFailed;
        }

        return new ChunksFound(values.Count > 0 ? ResultCode.Success : worst, values, isComplete) { Seqs = seqs };
    }

    /// <summary>Keeps the newest version of ours of a chunk, as it was seen first.</summary>
    private void Note(Dictionary<int, int> seqs, int index, in RecordsFound found)
    {
        int newest = -1;
        foreach (VerifiedValue value in found.Values.Where(value => value.IsSigned && value.OwnerId == network.Dht.OwnerId)) newest = Math.Max(newest, value.Seq);
        seqs.TryAdd(index, newest);
    }

    /// <summary>The first chunks that are looked at: of each owner one before any has a second, so that whoever puts many under one key pushes nobody out.</summary>
    private static (VerifiedValue First, Chunk Head)[] Heads(IEnumerable<VerifiedValue> found, int bytesMax, InfoHash? owner, out bool isAll)
    {
        var heads = new List<(VerifiedValue First, Chunk Head)>();
        foreach (VerifiedValue value in found.Where(value => value.IsSigned && (owner is null || value.OwnerId == owner)))
        {
            if (ChunkCodec.Read(value.Data.Span, out Chunk? chunk) == RecordStatus.Ok && chunk!.Index == 0 && chunk.Total > 0) heads.Add((value, chunk));
        }

        // User data lies beside versions that nodes do not give up, and is newer.
        (VerifiedValue First, Chunk Head)[] inTurn =
        [
            .. heads.GroupBy(head => head.First.OwnerId)
                .SelectMany(own => own.OrderByDescending(head => owner is not null && head.First.Type == TypeRegistry.UserData).Select((head, turn) => (Head: head, Turn: turn)))
                .OrderBy(head => head.Turn).Select(head => head.Head),
        ];
        long room = (long)FullRecordsMax * bytesMax;
        (VerifiedValue First, Chunk Head)[] looked = [.. inTurn.Take(WritersMax).Where(head => head.Head.OriginalBytes > (uint)bytesMax || (room -= head.Head.OriginalBytes) >= 0)];
        isAll = looked.Length == inTurn.Length;
        return looked;
    }

    private async Task<Answer<byte[]>> JoinAsync(
        string baseKey, int bytesMax, VerifiedValue first, Chunk head, Dictionary<int, int> seqs, Deadline deadline, CancellationToken cancellation)
    {
        // Compressed data is hardly longer than what it holds: more chunks than that are there to keep a reader busy.
        if (head.OriginalBytes > (uint)bytesMax || head.Total > bytesMax / ChunkCodec.PayloadBytesMax + 2) return Answer<byte[]>.No(ResultCode.SerializationFailed);
        var chunks = new List<Chunk> { head };
        foreach (int[] batch in Enumerable.Range(1, (int)head.Total - 1).Chunk(InFlightMax))
        {
            RecordsFound[] found = await Task.WhenAll(batch.Select(i => network.GetAllAsync(DnaKeys.Chunk(baseKey, i), deadline, cancellation))).ConfigureAwait(false);
            foreach ((int index, RecordsFound records) in batch.Zip(found))
            {
                Note(seqs, index, records);
                // The writer's, and rather of the same id: where a stranger sat on that one, it has another.
                VerifiedValue? next = records.Values.Where(value => value.IsSigned && value.OwnerId == first.OwnerId)
                    .OrderByDescending(value => value.Id == first.Id).ThenByDescending(value => value.Type == first.Type).ThenByDescending(value => value.Seq).FirstOrDefault();
                if (next is null && records.Missing is ResultCode.NetworkError or ResultCode.Timeout) return Answer<byte[]>.No(records.Missing);
                if (next is null || ChunkCodec.Read(next.Data.Span, out Chunk? chunk) != RecordStatus.Ok) return Answer<byte[]>.No(ResultCode.SerializationFailed);
                chunks.Add(chunk!);
            }
        }

        return ChunkedRecord.Join(chunks, bytesMax, out byte[]? whole) == RecordStatus.Ok ? Answer<byte[]>.Of(whole!) : Answer<byte[]>.No(ResultCode.SerializationFailed);
    }

    private Task<RecordPut> PutAsync(string baseKey, ushort type, Chunk chunk, ChunkSlot slot, Deadline deadline, CancellationToken cancellation) =>
        network.PutAsync(DnaKeys.Chunk(baseKey, (int)chunk.Index), slot.ValueId, type, ChunkCodec.Write(chunk), deadline, cancellation, slot.ExpectedOf((int)chunk.Index));
}

/// <summary>Where a writer puts the chunks of a record.</summary>
/// <param name="ValueId">The owner's, or a device's.</param>
/// <param name="Expected">−1: only where nothing of ours lies; null: whatever lies there.</param>
internal readonly record struct ChunkSlot(ulong ValueId, int? Expected)
{
    /// <summary>The versions that the record is made from, by chunk, as <see cref="ChunksFound.Seqs"/> told them; there they count instead.</summary>
    public IReadOnlyDictionary<int, int>? Seqs { get; init; }

    public int? ExpectedOf(int chunk) => Seqs is { } known && known.TryGetValue(chunk, out int seq) ? seq : Expected;
}

/// <summary>The records that were found under one base key.</summary>
/// <param name="Code">Success with at least one; NotFound; NetworkError, Timeout; SerializationFailed when there are only broken ones, which anybody can put there.</param>
/// <param name="IsComplete">False: there may be more. Broken ones count as nothing.</param>
internal readonly record struct ChunksFound(ResultCode Code, IReadOnlyList<ChunkedValue> Values, bool IsComplete)
{
    public bool IsSuccess => Code == ResultCode.Success;

    /// <summary>By chunk, of those that were looked at, the newest version of ours; −1: none.</summary>
    public IReadOnlyDictionary<int, int> Seqs { get; init; } = ReadOnlyDictionary<int, int>.Empty;
}
