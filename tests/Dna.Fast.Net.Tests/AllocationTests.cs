using System.Net;
using Dna.Fast.Kademlia;
using Dna.Fast.Net.Tests.Kit;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

/// <summary>What the worker's thread allocates per datagram: nothing.</summary>
public sealed class AllocationTests
{
    private const int WarmUp = 2000;
    private const int Measured = 3000;

    [Theory]
    [InlineData(SocketKind.Linux, false, 1, 300)]
    [InlineData(SocketKind.Linux, true, 1, 300)]
    [InlineData(SocketKind.Linux, false, 40, 300)]
    [InlineData(SocketKind.Linux, true, 40, 1400)]
    [InlineData(SocketKind.Linux, false, 4, 9000)]
    [InlineData(SocketKind.Portable, false, 1, 300)]
    public void Datagrams_in_and_out_allocate_nothing(SocketKind kind, bool isWildcard, int burst, int bytes)
    {
        NodeAddress v4 = isWildcard ? NodeAddress.V4(0, 0) : NodeAddress.V4(0x7F00_0001, 0);
        NodeAddress v6 = isWildcard ? NodeAddress.From(new byte[16], 0) : NodeAddress.From(IPAddress.IPv6Loopback.GetAddressBytes(), 0);
        var handler = new MeasuringEcho();
        OpenResult result = WorkerGroup.Open(new NetOptions { Addresses = [v4, v6], Sockets = kind }, [handler]);
        using WorkerGroup group = result.Group!;
        group.Start();
        using var client4 = new TestClient();
        using var client6 = new TestClient(IPAddress.IPv6Loopback);
        NodeAddress to4 = NodeAddress.V4(0x7F00_0001, group.Bound[0].Port);
        NodeAddress to6 = NodeAddress.From(IPAddress.IPv6Loopback.GetAddressBytes(), group.Bound[0].Port);
        byte[] datagram = new byte[bytes];
        for (int sent = 0; sent < WarmUp + Measured; sent += burst)
        {
            (TestClient client, NodeAddress to) = sent / burst % 2 == 0 ? (client4, to4) : (client6, to6);
            for (int i = 0; i < burst; i++) client.Send(to, datagram);
            for (int i = 0; i < burst; i++) client.Receive();
        }

        // The platform's Socket allocates some bytes once in thousands of calls; ours is nothing, and a byte in ten datagrams would show one of ours.
        Assert.InRange(handler.Allocated, 0, kind == SocketKind.Portable ? Measured / 10 : 0);
    }

    private sealed class MeasuringEcho : IDatagramHandler
    {
        private int _received;
        private long _before;
        private long _after;

        /// <summary>Bytes the thread allocated while the measured datagrams came and went, turns and waits included.</summary>
        public long Allocated => Volatile.Read(ref _after) - Volatile.Read(ref _before);

        public void Attach(Action wake)
        {
        }

        public void Receive(in Instant now, in Route from, ReadOnlySpan<byte> datagram, IDatagramSink sink)
        {
            _received++;
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            if (_received == WarmUp) Volatile.Write(ref _before, allocated);
            if (_received >= WarmUp) Volatile.Write(ref _after, allocated);
            TestHandler.Echo(from, datagram, sink);
        }

        public long Turn(in Instant now, IDatagramSink sink) => now.Ms + 1000;
    }
}
