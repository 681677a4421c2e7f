using Dna.Fast.Storage.Faster;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;

namespace Dna.Fast.Storage.Upkeep;

/// <summary>Copies what is current from the front of the value log to its end, so that the front can be dropped.</summary>
/// <remarks>A record is current when looking up its key ends at its address. Expired values are the sweep's to remove; here they are copied like others.</remarks>
internal sealed class Compaction(StoreEngine engine) : IPageSink
{
    /// <summary>What one step goes over, bytes: enough to get ahead of any writer, little enough to stop soon.</summary>
    public const long StepBytes = 32L * ValueLog.PageBytes;

    // More than half garbage is worth the copying; it stops at a third.
    private const long StartFactor = 2;
    private const long StopShare = 2;

    private bool _underWay;

    /// <summary>True when there is enough garbage; once begun, until there is little.</summary>
    public bool IsDue
    {
        get
        {
            long log = engine.Values.Kv.Log.TailAddress - engine.Values.Kv.Log.BeginAddress;
            long live = engine.Totals.Charge + engine.Totals.Charge / 8;
            long slack = engine.Values.Files.SegmentBytes;
            _underWay = _underWay ? log > live + live / StopShare + slack : log > live * StartFactor + 4 * slack;
            return _underWay;
        }
    }

    /// <summary>One step.</summary>
    public void Step(LogPass pass)
    {
        long settled = pass.Settle() & -ValueLog.PageBytes;
        long begin = engine.Values.Kv.Log.BeginAddress;
        long until = Math.Min((begin & -ValueLog.PageBytes) + StepBytes, settled);
        if (until <= begin) return;
        long reached = pass.Run(begin, until, this, hurry: false) & -ValueLog.PageBytes;
        if (reached > begin) engine.Values.Kv.Log.ShiftBeginAddress(reached, snapToPageStart: false, truncateLog: false);
    }

    public bool Record(long address, ReadOnlySpan<byte> key, ReadOnlySpan<byte> record)
    {
        StoreSession session = engine.Values.Rent();
        try
        {
            key[..StoreKey.HeadBytes].CopyTo(session.Head);
            lock (engine.GateOf(session.Head))
            {
                Span<byte> own = session.OwnKey(key);
                if (session.Look(own, NoReader.Instance) != Lookup.Found || session.Address != address) return true;
                Span<byte> copy = session.Scratch(record.Length);
                record.CopyTo(copy);
                session.Store(own, copy);
            }
        }
        finally
        {
            engine.Values.Return(session);
        }

        return true;
    }

    public void Tombstone(long address, ReadOnlySpan<byte> key)
    {
    }

    public void Damaged(long address, ReadOnlySpan<byte> bytes) => engine.Damaged(address, bytes);

    private sealed class NoReader : IRecordReader
    {
        public static readonly NoReader Instance = new();

        public void Read(ReadOnlySpan<byte> record)
        {
        }
    }
}
