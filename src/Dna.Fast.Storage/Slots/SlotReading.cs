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

    private void VisitDirectory(StoreSession session, IValueVisitor? visitor)
    {
        for (int attempt = 1; !DirectoryTable.LoadChunks(session, session.HeadReader.Directory); attempt++)
        {
            if (attempt == Attempts) break;
            session.HeadReader.Start(session.VisitReader, session.Ids);
            if (session.Look(session.Head, session.HeadReader) != Lookup.Found || session.HeadReader.Kind != RecordKind.Directory) return;
        }

        VisitReader visit = session.VisitReader;
        for (int i = 0; i < session.Ids.Count && visit.More; i++)
        {
            ulong id = session.Ids.Ids[i];
            session.Look(session.SlotKey(id), visit);
            if (visitor is null && visit.Live) return;
        }
    }
}
