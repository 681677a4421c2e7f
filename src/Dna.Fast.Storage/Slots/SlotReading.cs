using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Records;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Slots;

/// <summary>Reads slots. Any thread, no lock: records never change, and a head is written after what it points to.</summary>
/// <remarks>
/// A read of a key with one value is atomic. With several, each slot is: a read that overlaps two puts may show the second without the first.
/// </remarks>
internal sealed class SlotReading(ValueLog log)
{
    // A directory that moves its chunks while it is read is read again; twice in a row is chance, eight times is damage.
    private const int Attempts = 8;

    public void ReadAll(in InfoHash key, long nowUnixMs, IValueVisitor? visitor, out bool anyLive)
    {
        StoreSession session = log.Rent();
        try
        {
            key.CopyTo(session.Head);
            VisitReader visit = session.VisitReader;
            visit.Start(visitor, nowUnixMs, wanted: 0);
            session.HeadReader.Start(visit, session.Ids);
            Lookup found = session.Look(session.Head, session.HeadReader);
            if (found == Lookup.Found && session.HeadReader.Kind == RecordKind.Directory) VisitDirectory(session, visitor);
            anyLive = visit.Live;
        }
        finally
        {
            session.VisitReader.Done();
            session.Ids.Clear();
            session.Visited.Clear();
            log.Return(session);
        }
    }

    public bool ReadOne(in InfoHash key, ulong valueId, long nowUnixMs, IValueVisitor visitor)
    {
        StoreSession session = log.Rent();
        try
        {
            key.CopyTo(session.Head);
            VisitReader visit = session.VisitReader;
            visit.Start(visitor, nowUnixMs, valueId);
            session.HeadReader.Start(visit, ids: null);
            Lookup found = session.Look(session.Head, session.HeadReader);
            if (found == Lookup.Found && session.HeadReader.Kind == RecordKind.Directory) session.Look(session.SlotKey(valueId), visit);
            return visit.Live;
        }
        finally
        {
            session.VisitReader.Done();
            log.Return(session);
        }
    }

    /// <summary>Visits chunk by chunk, so that a visitor who soon has enough of a crowded key costs no more than what he saw.</summary>
    private static void VisitDirectory(StoreSession session, IValueVisitor? visitor)
    {
        DirectoryRecord.Header header = session.HeadReader.Directory;
        for (uint chunk = header.FirstChunk; chunk != header.EndChunk; chunk++)
        {
            session.ChunkIds.Clear();
            session.ChunkReader.Start(session.ChunkIds);
            if (session.Look(session.ChunkKey(chunk), session.ChunkReader) != Lookup.Found)
            {
                VisitRest(session, visitor);
                return;
            }

            if (!VisitSlots(session, session.ChunkIds, visitor, skip: null)) return;
            session.Visited.AddAll(session.ChunkIds);
        }

        VisitSlots(session, session.Ids, visitor, skip: null);
    }

    /// <summary>The directory has moved its chunks while it was read: it is read as a whole, and what was visited is not visited again.</summary>
    private static void VisitRest(StoreSession session, IValueVisitor? visitor)
    {
        HashSet<ulong> visited = [.. session.Visited.Ids];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            session.HeadReader.Start(session.VisitReader, session.Ids);
            if (session.Look(session.Head, session.HeadReader) != Lookup.Found || session.HeadReader.Kind != RecordKind.Directory) return;
            if (!DirectoryTable.LoadChunks(session, session.HeadReader.Directory)) continue;
            VisitSlots(session, session.Ids, visitor, visited);
            return;
        }
    }

    /// <returns>False when the visitor has had enough.</returns>
    private static bool VisitSlots(StoreSession session, IdList ids, IValueVisitor? visitor, HashSet<ulong>? skip)
    {
        VisitReader visit = session.VisitReader;
        for (int i = 0; i < ids.Count; i++)
        {
            ulong id = ids.Ids[i];
            if (skip is not null && skip.Contains(id)) continue;
            session.Look(session.SlotKey(id), visit);
            if (!visit.More || (visitor is null && visit.Live)) return false;
        }

        return true;
    }
}
