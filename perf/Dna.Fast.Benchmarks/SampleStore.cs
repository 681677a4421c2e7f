using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage;
using Dna.Fast.Wire;

namespace Dna.Fast.Benchmarks;

/// <summary>A durable store with values of 200 bytes, one under each key, in a directory of its own. One thread.</summary>
internal sealed class SampleStore : IDisposable
{
    public const long NowUnixMs = 1_700_000_000_000;

    /// <summary>What a node has when nobody says otherwise.</summary>
    public const long UsualMemoryBytes = 64 << 20;

    private const int ValueBytes = 200;

    /// <summary>Keys drawn beforehand, a power of two: drawing them is not what is measured.</summary>
    private const int Order = 1 << 16;

    private readonly string _directory = Directory.CreateTempSubdirectory("dna-bench-").FullName;
    private readonly byte[] _packed = new byte[ValueBytes];
    private readonly int[] _order = new int[Order];
    private readonly InfoHash[] _keys;
    private readonly long _memoryBytes;
    private int _next;

    public SampleStore(int values, long memoryBytes)
    {
        _memoryBytes = memoryBytes;
        Store = Open();
        Random random = new(42);
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        _keys = new InfoHash[values];
        for (int i = 0; i < values; i++)
        {
            random.NextBytes(bytes);
            _keys[i] = new InfoHash(bytes);
            Put(_keys[i], durable: false);
        }

        for (int i = 0; i < Order; i++) _order[i] = random.Next(values);
    }

    public FasterValueStore Store { get; private set; }

    /// <summary>Any key that has a value, each as likely.</summary>
    public InfoHash NextKey() => _keys[_order[_next++ & (Order - 1)]];

    /// <summary>Puts other bytes over a value that is there already, or for the first time.</summary>
    public PutResult Put(in InfoHash key, bool durable)
    {
        _packed[0]++;
        return Store.Put(key, new SlotInfo(1, 3, NowUnixMs, long.MaxValue, default), _packed, durable, NowUnixMs, Replace.Instance);
    }

    /// <summary>Closes the store and opens it again.</summary>
    public void Reopen()
    {
        Store.Dispose();
        Store = Open();
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private FasterValueStore Open()
    {
        OpenResult opened = FasterValueStore.Open(new StoreOptions { Directory = _directory, MemoryBytes = _memoryBytes });
        return opened.Store ?? throw new InvalidOperationException(opened.Message);
    }

    private sealed class Replace : IEditPolicy
    {
        public static readonly Replace Instance = new();

        public EditDecision Decide(
            in InfoHash key, in SlotInfo oldSlot, ReadOnlySpan<byte> oldPacked, in SlotInfo newSlot, ReadOnlySpan<byte> newPacked) => EditDecision.Replace;
    }
}
