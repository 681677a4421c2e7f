using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Records;

namespace Dna.Fast.Storage.Slots;

/// <summary>Writes directories. Whoever calls holds the gate of the key and has just read its head, ids included, into the session.</summary>
/// <remarks>Readers have no lock: chunks are written before the head that counts them, and deleted after the head that no longer does.</remarks>
internal sealed class DirectoryTable(ValueLog log)
{
    // Chunks with three quarters of their room empty, and a few of them, are worth writing anew.
    private const int SparseFactor = 4;

    private readonly uint _seed = log.Identity.Seed;

    /// <summary>Makes a directory of the ids in the session's list, few enough for the head.</summary>
    public void Create(StoreSession session) => WriteHead(session, new DirectoryRecord.Header(session.Ids.Count, 0, 0));

    /// <summary>Puts an id behind all others.</summary>
    /// <param name="session">The session.</param>
    /// <param name="id">Value id.</param>
    /// <param name="mayBeNamed">True when the id may be in the directory already: it moves to the end.</param>
    public void Append(StoreSession session, ulong id, bool mayBeNamed)
    {
        DirectoryRecord.Header header = session.HeadReader.Directory;
        if (mayBeNamed) TakeOut(session, id, ref header);
        if (session.Ids.Count == DirectoryRecord.IdsMax)
        {
            WriteChunk(session, header.EndChunk, session.Ids.Ids);
            header = header with { EndChunk = header.EndChunk + 1 };
            session.Ids.Clear();
        }

        session.Ids.Add(id);
        WriteHead(session, header with { Count = header.Count + 1 });
    }

    /// <summary>Takes an id out.</summary>
    /// <returns>True when the directory is gone with it.</returns>
    public bool Remove(StoreSession session, ulong id)
    {
        DirectoryRecord.Header header = session.HeadReader.Directory;
        if (!TakeOut(session, id, ref header)) return false;
        uint chunks = header.EndChunk - header.FirstChunk;
        bool sparse = chunks > SparseFactor && chunks * DirectoryRecord.IdsMax > SparseFactor * (long)header.Count;
        if ((header.Count <= 0 || sparse) && LoadChunks(session, header)) return Rewrite(session, header);
        WriteHead(session, header);
        return false;
    }

    /// <summary>Fills the session's list, which holds the head's own ids, with those of the chunks before them.</summary>
    /// <returns>False when a chunk is missing: the directory has changed, or is damaged.</returns>
    public static bool LoadChunks(StoreSession session, in DirectoryRecord.Header header)
    {
        if (header.FirstChunk == header.EndChunk) return true;
        Span<ulong> newest = stackalloc ulong[DirectoryRecord.IdsMax];
        int newestCount = session.Ids.Count;
        session.Ids.Ids.CopyTo(newest);
        session.Ids.Clear();
        for (uint chunk = header.FirstChunk; chunk != header.EndChunk; chunk++)
        {
            session.ChunkReader.Start(session.Ids);
            if (session.Look(session.ChunkKey(chunk), session.ChunkReader) != Lookup.Found) return false;
        }

        newest[..newestCount].CopyTo(session.Ids.Room(newestCount));
        session.Ids.Advance(newestCount);
        return true;
    }

    /// <summary>Writes all chunks anew from the session's list, which holds every id.</summary>
    /// <returns>True when there was none, and the directory is gone.</returns>
    private bool Rewrite(StoreSession session, in DirectoryRecord.Header header)
    {
        int count = session.Ids.Count;
        uint chunk = header.EndChunk;
        int written = 0;
        for (; count - written > DirectoryRecord.IdsMax; written += DirectoryRecord.IdsMax)
        {
            WriteChunk(session, chunk++, session.Ids.Ids.Slice(written, DirectoryRecord.IdsMax));
        }

        session.Ids.RemoveRange(0, written);
        if (count == 0) session.Delete(session.Head);
        else WriteHead(session, new DirectoryRecord.Header(count, header.EndChunk, chunk));
        for (uint old = header.FirstChunk; old != header.EndChunk; old++) session.Delete(session.ChunkKey(old));
        return count == 0;
    }

    private bool TakeOut(StoreSession session, ulong id, ref DirectoryRecord.Header header)
    {
        if (session.Ids.Remove(id))
        {
            header = header with { Count = header.Count - 1 };
            return true;
        }

        for (uint chunk = header.FirstChunk; chunk != header.EndChunk; chunk++)
        {
            LoadChunk(session, chunk);
            if (!session.ChunkIds.Remove(id)) continue;
            header = header with { Count = header.Count - 1 };
            WriteChunk(session, chunk, session.ChunkIds.Ids);
            if (chunk == header.FirstChunk) DropEmptyChunks(session, ref header);
            return true;
        }

        return false;
    }

    private static void DropEmptyChunks(StoreSession session, ref DirectoryRecord.Header header)
    {
        // The head still counts the chunk; it is written right after. A reader that comes between reads the head again.
        while (header.FirstChunk != header.EndChunk)
        {
            LoadChunk(session, header.FirstChunk);
            if (session.ChunkIds.Count > 0) return;
            session.Delete(session.ChunkKey(header.FirstChunk));
            header = header with { FirstChunk = header.FirstChunk + 1 };
        }
    }

    private static void LoadChunk(StoreSession session, uint chunk)
    {
        session.ChunkIds.Clear();
        session.ChunkReader.Start(session.ChunkIds);
        session.Look(session.ChunkKey(chunk), session.ChunkReader);
    }

    private void WriteHead(StoreSession session, in DirectoryRecord.Header header)
    {
        Span<byte> scratch = session.Scratch(DirectoryRecord.BytesMax);
        int length = DirectoryRecord.Write(scratch, session.Head, header, session.Ids.Ids, _seed);
        session.Store(session.Head, scratch[..length]);
    }

    private void WriteChunk(StoreSession session, uint number, ReadOnlySpan<ulong> ids)
    {
        Span<byte> key = session.ChunkKey(number), scratch = session.Scratch(DirectoryRecord.BytesMax);
        int length = DirectoryRecord.WriteChunk(scratch, key, ids, _seed);
        session.Store(key, scratch[..length]);
    }
}
