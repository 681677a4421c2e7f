using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

/// <summary>The query path in its steady state allocates nothing.</summary>
public sealed class ZeroAllocationTests
{
    private const int Rounds = 1000;
    private const int Passes = 20;

    [Theory]
    [InlineData("ping")]
    [InlineData("find")]
    [InlineData("get all")]
    [InlineData("get ids")]
    [InlineData("get one")]
    [InlineData("get filtered")]
    [InlineData("get in fragments")]
    [InlineData("put")]
    [InlineData("put refused")]
    [InlineData("put with a wrong token")]
    [InlineData("refresh")]
    [InlineData("malformed")]
    [InlineData("over budget")]
    public void Query_allocates_nothing(string what)
    {
        using var bench = new ServingBench(limits: what == "over budget" ? new RateLimits(1, 1) : RateLimits.Off);
        bench.Inbox.Records = false;
        bench.Put(ServingBench.Text(1, "hello"));
        if (what == "get in fragments") bench.BigPut(7, ServingBench.Text(2, new string('x', 20_000))).ForEach(d => bench.Send(d));
        byte[] datagram = Datagram(bench, what);
        var sink = new NullSink();
        var route = new Route(ServingBench.Home, default);

        // The runtime itself allocates while it loads and recompiles what runs often: the steady state comes after.
        long allocated = long.MaxValue;
        for (int pass = 0; pass < Passes && allocated > 0; pass++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++) Serve(bench, route, datagram, sink);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        if (what is not ("malformed" or "over budget")) Assert.True(sink.Sent >= Rounds);
    }

    private static void Serve(ServingBench bench, in Route route, byte[] datagram, NullSink sink)
    {
        bench.Receiver.Receive(bench.Now, route, datagram, sink);
        bench.Receiver.Turn(bench.Now, sink);
    }

    private static byte[] Datagram(ServingBench bench, string what)
    {
        var to = new byte[4096];
        Sender self = ServingBench.Stranger;
        byte[] value = ServingBench.Inline(ServingBench.Text(1, what == "put refused" ? "other" : "hello"));
        int length = what switch
        {
            "ping" or "over budget" => QueryWriter.Ping(to, self, 1),
            "find" => QueryWriter.Find(to, self, 1, ServingBench.Key, Want.V4 | Want.V6),
            "get all" or "get in fragments" => QueryWriter.Get(to, self, 1, ServingBench.Key, [], Want.Unsaid),
            "get ids" => QueryWriter.Get(to, self, 1, ServingBench.Key, ServingBench.Select([ValueField.Id]), Want.Unsaid),
            "get one" => QueryWriter.Get(to, self, 1, ServingBench.Key, ServingBench.WhereId(1), Want.Unsaid),
            "get filtered" => QueryWriter.Get(to, self, 1, ServingBench.Key, ValueFilter.Pack([new ValueFilter(ValueField.Type, 0, null)]), Want.Unsaid),
            "put with a wrong token" => QueryWriter.Put(to, self, 1, ServingBench.Key, value, -1, new byte[32]),
            "refresh" => QueryWriter.Refresh(to, self, 1, ServingBench.Key, 1, bench.Token()),
            "malformed" => 40,
            _ => QueryWriter.Put(to, self, 1, ServingBench.Key, value, bench.Now.UnixMs / 1000, bench.Token()),
        };
        return to[..length];
    }

    /// <summary>Counts what is sent and keeps nothing.</summary>
    private sealed class NullSink : IDatagramSink
    {
        private readonly byte[] _room = new byte[WireLimits.DatagramBytesMax];

        public int Sent { get; private set; }

        public Span<byte> Rent(int bytesMax) => _room.AsSpan(0, bytesMax);

        public void Send(in Route route, int bytes) => Sent++;
    }
}
