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

    /// <summary>Datagrams of one round: several, because the runtime allocates a little on a thread whose code it is just replacing by better code.</summary>
    private const int PerRound = 500;

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

        // What allocates for a datagram does so in every round; the quietest of them shows it.
        Assert.Equal(0, handler.AllocatedLeast);
    }

    private sealed class MeasuringEcho : IDatagramHandler
    {
        private int _received;
        private long _roundBegan;
        private long _least = long.MaxValue;

        /// <summary>Bytes the thread allocated in the quietest round of measured datagrams, turns and waits included.</summary>
        public long AllocatedLeast => Volatile.Read(ref _least);

        public void Attach(Action wake)
        {
        }

        public void Receive(in Instant now, in Route from, ReadOnlySpan<byte> datagram, IDatagramSink sink)
        {
            _received++;
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            if (_received >= WarmUp && (_received - WarmUp) % PerRound == 0)
            {
                if (_received > WarmUp) Volatile.Write(ref _least, Math.Min(_least, allocated - _roundBegan));
                _roundBegan = allocated;
            }

            TestHandler.Echo(from, datagram, sink);
        }

        public long Turn(in Instant now, IDatagramSink sink) => now.Ms + 1000;
    }
}
