using BenchmarkDotNet.Attributes;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage;
using Dna.Fast.Wire;

namespace Dna.Fast.Benchmarks;

/// <summary>The durable store with the default memory: 10,000 values fit into it many times over, of 1,000,000 most lie on the disk.</summary>
[MemoryDiagnoser]
public class StoreBenchmarks
{
    private const int ValueBytes = 200;
    private const int Order = 1 << 16;
    private const long NowUnixMs = 1_700_000_000_000;

    private readonly byte[] _packed = new byte[ValueBytes];
    private readonly int[] _order = new int[Order];
    private readonly Total _total = new();
    private string _directory = "";
    private InfoHash[] _keys = [];
    private FasterValueStore _store = null!;
    private int _next;

    [Params(10_000, 1_000_000)]
    public int Values { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _directory = Directory.CreateTempSubdirectory("dna-bench-").FullName;
        _store = Open();
        Random random = new(42);
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        _keys = new InfoHash[Values];
        for (int i = 0; i < Values; i++)
        {
            random.NextBytes(bytes);
            _keys[i] = new InfoHash(bytes);
            Put(_keys[i], durable: false);
        }

        for (int i = 0; i < Order; i++) _order[i] = random.Next(Values);
    }

    [GlobalCleanup]
    public void Clean()
    {
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Any value, each as likely.</summary>
    [Benchmark]
    public long Get()
    {
        _store.Read(NextKey(), NowUnixMs, _total);
        return _total.Bytes;
    }

    /// <summary>A value that is there already, with new bytes: an edit.</summary>
    [Benchmark]
    public PutResult PutOver() => Put(NextKey(), durable: false);

    /// <summary>64 values as a network would bring them, all on the disk before the last is acknowledged.</summary>
    [Benchmark(OperationsPerInvoke = 64)]
    public long PutDurably64()
    {
        long ticket = 0;
        for (int i = 0; i < 64; i++) ticket = Put(NextKey(), durable: true).Ticket;
        SpinWait spin = default;
        while (_store.CommittedTicket < ticket) spin.SpinOnce();
        return ticket;
    }

    /// <summary>Every value there is.</summary>
    [Benchmark]
    public long Scan()
    {
        _store.Scan(NowUnixMs, _total);
        return _total.Bytes;
    }

    /// <summary>Closing, opening and the first get.</summary>
    [Benchmark]
    public bool Recover()
    {
        _store.Dispose();
        _store = Open();
        return _store.Contains(NextKey(), NowUnixMs);
    }

    private FasterValueStore Open()
    {
        OpenResult opened = FasterValueStore.Open(new StoreOptions { Directory = _directory });
        return opened.Store ?? throw new InvalidOperationException(opened.Message);
    }

    private InfoHash NextKey() => _keys[_order[_next++ & (Order - 1)]];

    private PutResult Put(in InfoHash key, bool durable)
    {
        _packed[0]++;
        return _store.Put(key, new SlotInfo(1, 3, NowUnixMs, long.MaxValue, default), _packed, durable, NowUnixMs, Replace.Instance);
    }

    private sealed class Total : IValueVisitor, IKeyValueVisitor
    {
        public long Bytes { get; private set; }

        public bool Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
        {
            Bytes += packed.Length;
            return true;
        }

        public bool Visit(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed) => Visit(slot, packed);
    }

    private sealed class Replace : IEditPolicy
    {
        public static readonly Replace Instance = new();

        public EditDecision Decide(
            in InfoHash key, in SlotInfo oldSlot, ReadOnlySpan<byte> oldPacked, in SlotInfo newSlot, ReadOnlySpan<byte> newPacked) => EditDecision.Replace;
    }
}
