using BenchmarkDotNet.Attributes;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Benchmarks;

/// <summary>What a find costs in the routing table: the eight closest good contacts of a random target, as contacts and as the compact list of the reply.</summary>
[MemoryDiagnoser]
public class ClosestBenchmarks
{
    private const int Targets = 1024;
    private static readonly Instant Now = new(1_000_000, 1_700_000_000_000);
    private readonly InfoHash[] _targets = new InfoHash[Targets];
    private readonly Contact?[] _closest = new Contact?[RoutingTable.BucketSize];
    private readonly byte[] _list = new byte[RoutingTable.BucketSize * WireLimits.Node4Bytes];
    private RoutingTable _table = null!;
    private int _next;

    /// <summary>
    /// Contacts in the table. By the network's rules a table of 50,000 cannot come about (a node in a network of a million knows about 150); here buckets split
    /// as deep as it takes.
    /// </summary>
    [Params(50, 500, 5_000, 50_000)]
    public int Contacts { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        Random random = new(42);
        _table = new RoutingTable(RandomId(random), IpFamily.V4, bootstrapDepth: 32) { IsBootstrap = true };
        int held = 0;
        for (int offered = 0; held < Contacts && offered < 4 * Contacts; offered++)
        {
            Contact contact = new(RandomId(random), NodeAddress.V4(0x0A00_0000u + (uint)offered, 4000));
            contact.NoteReplied(Now.Ms);
            if (_table.Insert(contact, Confirmation.Replied, Now).Status == InsertStatus.Inserted) held++;
        }

        if (held < Contacts) throw new InvalidOperationException("the table did not fill");
        for (int i = 0; i < Targets; i++) _targets[i] = RandomId(random);
    }

    [Benchmark]
    public int Closest8() => _table.Closest(_targets[_next++ % Targets], Now.Ms, goodOnly: true, _closest);

    [Benchmark]
    public int WriteClosest() => _table.WriteClosest(_targets[_next++ % Targets], Now.Ms, _list);

    [Benchmark]
    public bool IsTooFar() => _table.IsTooFar(_targets[_next++ % Targets], Now.Ms);

    [Benchmark]
    public bool CouldTake() => _table.CouldTake(_targets[_next++ % Targets], Now.Ms);

    private static InfoHash RandomId(Random random)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        random.NextBytes(bytes);
        return new InfoHash(bytes);
    }
}
