using System.Numerics;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.Accounting;
using Dna.Fast.Storage.Log;
using Dna.Fast.Storage.Records;
using Dna.Fast.Storage.Slots;

namespace Dna.Fast.Storage.Upkeep;

/// <summary>Makes room: the accounts that occupy most sink to one common level, each losing what expires soonest first.</summary>
/// <remarks>
/// Two passes over the log. The first counts, for each heavy account, bytes by time left (a logarithmic scale of 128 marks, four to a doubling); the second
/// removes what lies below the mark at which the account has lost enough. So the memory needed does not depend on the number of values.
/// </remarks>
internal sealed class Eviction
{
    private const int Marks = 128;
    private const int MarksPerDoubling = 4;

    private readonly StoreEngine _engine;
    private readonly SlotEdits _edits;
    private readonly long _nowUnixMs;
    private readonly Dictionary<int, Account> _heavy = [];

    public Eviction(StoreEngine engine, SlotEdits edits, long nowUnixMs, long excess)
    {
        _engine = engine;
        _edits = edits;
        _nowUnixMs = nowUnixMs;
        SourceLedger ledger = engine.Totals.Sources;
        long level = ledger.WaterLevel(excess);
        for (int account = 0; account < SourceLedger.Accounts; account++)
        {
            if (ledger[account] > level) _heavy.Add(account, new Account { Surplus = ledger[account] - level });
        }
    }

    /// <summary>True when strangers occupy anything at all.</summary>
    public bool IsPossible => _heavy.Count > 0;

    /// <summary>Values removed.</summary>
    public long Removed { get; private set; }

    /// <summary>The first pass.</summary>
    public IPageSink Counting => new CountPass(this);

    /// <summary>The second pass.</summary>
    /// <param name="more">Marks to go beyond what the first pass says: superseded records are in its count too.</param>
    public IPageSink Removing(int more)
    {
        foreach (Account account in _heavy.Values) account.SetMark(more);
        return new RemovePass(this);
    }

    private static int MarkOf(long leftMs)
    {
        if (leftMs <= 1000) return 0;
        ulong seconds = (ulong)leftMs / 1000;
        int exponent = BitOperations.Log2(seconds);
        int quarter = exponent >= 2 ? (int)(seconds >> (exponent - 2)) & 3 : 0;
        return Math.Min(Marks - 1, 1 + exponent * MarksPerDoubling + quarter);
    }

    private Account? Find(ReadOnlySpan<byte> record)
    {
        if (SlotRecord.Kind(record) is not (RecordKind.Single or RecordKind.Slot)) return null;
        if (SlotRecord.Expires(record) <= _nowUnixMs) return null;
        SourcePrefix prefix = SourcePrefix.Of(SlotRecord.ReadSource(record[SlotRecord.SourceOffset..]));
        int account = _engine.Totals.Sources.AccountOf(prefix);
        return account != SourceLedger.NoAccount && _heavy.TryGetValue(account, out Account? heavy) ? heavy : null;
    }

    private int Mark(ReadOnlySpan<byte> record) => MarkOf(SlotRecord.Expires(record) - _nowUnixMs);

    private static long Charge(ReadOnlySpan<byte> record) => SlotRecord.Packed(record).Length + StoreTotals.SlotOverheadBytes;

    private sealed class Account
    {
        private readonly long[] _bytesByMark = new long[Marks];

        /// <summary>Bytes still to go.</summary>
        public long Surplus { get; set; }

        /// <summary>Values with less time left than this mark, or as much, may go.</summary>
        public int Mark { get; private set; }

        public void Count(int mark, long bytes) => _bytesByMark[mark] += bytes;

        public void SetMark(int more)
        {
            long sum = 0;
            int mark = 0;
            while (mark < Marks - 1 && (sum += _bytesByMark[mark]) < Surplus) mark++;
            Mark = Math.Min(Marks - 1, mark + more);
        }
    }

    private sealed class CountPass(Eviction eviction) : IPageSink
    {
        public bool Record(long address, ReadOnlySpan<byte> key, ReadOnlySpan<byte> record)
        {
            eviction.Find(record)?.Count(eviction.Mark(record), Charge(record));
            return true;
        }

        public void Tombstone(long address, ReadOnlySpan<byte> key)
        {
        }

        public void Damaged(long address, ReadOnlySpan<byte> bytes)
        {
        }
    }

    private sealed class RemovePass(Eviction eviction) : IPageSink
    {
        public bool Record(long address, ReadOnlySpan<byte> key, ReadOnlySpan<byte> record)
        {
            if (eviction.Find(record) is not { Surplus: > 0 } account || eviction.Mark(record) > account.Mark) return true;
            ReadOnlySpan<byte> head = key[..StoreKey.HeadBytes];
            if (!eviction._edits.Evict(head, SlotRecord.ValueId(record), SlotRecord.Position(record), eviction._nowUnixMs)) return true;
            account.Surplus -= Charge(record);
            eviction.Removed++;
            return true;
        }

        public void Tombstone(long address, ReadOnlySpan<byte> key)
        {
        }

        public void Damaged(long address, ReadOnlySpan<byte> bytes) => eviction._engine.Damaged(address, bytes);
    }
}
