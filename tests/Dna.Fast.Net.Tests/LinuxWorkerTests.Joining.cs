using System.Net.Sockets;
using Dna.Fast.Kademlia;
using Dna.Fast.Net.Linux;
using Dna.Fast.Net.Tests.Kit;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

// Neighbours to one peer leave as one message that the kernel cuts, whatever becomes of other peers' messages.
public sealed partial class LinuxWorkerTests
{
    // Above what any bound on refusals in a row may be.
    private const int Rounds = 200;

    [Fact]
    public void Neighbours_to_one_peer_leave_joined_and_a_datagram_alone_does_not()
    {
        using WorkerGroup group = Start(Repeating());
        using var client = new TestClient();
        CounterSet counters = group.Counters[0];
        Ask(client, group.Bound[0], count: 4, bytes: 100);
        Wait.Until(() => counters[Counter.DatagramsOut] == 4, "four are sent");
        Assert.Equal(4, counters[Counter.DatagramsOutJoined]);
        Ask(client, group.Bound[0], count: 1, bytes: 100);
        Wait.Until(() => counters[Counter.DatagramsOut] == 5, "one more is sent");
        Assert.Equal(4, counters[Counter.DatagramsOutJoined]);
    }

    [Fact]
    public void Messages_refused_on_the_way_to_one_peer_do_not_end_joining_for_the_others()
    {
        // Forbidden without SO_BROADCAST.
        NodeAddress forbidden = NodeAddress.V4(0xFFFF_FFFF, 9);
        var handler = new TestHandler
        {
            OnReceive = (_, from, datagram, sink) =>
            {
                Route to = datagram[0] == 0 ? new Route(forbidden, from.Local) : from;
                for (int i = 0; i < 3; i++) TestHandler.Echo(to, datagram, sink);
            },
        };
        using WorkerGroup group = Start(handler);
        using var client = new TestClient();
        CounterSet counters = group.Counters[0];
        for (int round = 1; round <= Rounds; round++)
        {
            client.Send(group.Bound[0], [0]);
            Wait.Until(() => counters[Counter.DropSendRefused] == 3 * round, "three are refused");
        }

        client.Send(group.Bound[0], [1]);
        for (int i = 0; i < 3; i++) Assert.Equal([1], client.Receive().Datagram);
        Wait.Until(() => counters[Counter.DatagramsOut] == 3, "the others are sent");
        Assert.Equal(3, counters[Counter.DatagramsOutJoined]);
    }

    [Fact]
    public void Fragments_to_a_peer_behind_a_small_MTU_arrive_and_do_not_end_joining()
    {
        // The device takes 1,280 bytes, so the kernel does not cut a message into datagrams of 1,340, but sends such a one in IP fragments.
        if (!SmallMtu.IsHere)
        {
            SmallMtu.Run(typeof(LinuxWorkerTests), nameof(Fragments_to_a_peer_behind_a_small_MTU_arrive_and_do_not_end_joining));
            return;
        }

        using WorkerGroup group = Start(Repeating());
        using var client = new TestClient();
        CounterSet counters = group.Counters[0];
        for (int round = 1; round <= Rounds; round++)
        {
            Ask(client, group.Bound[0], count: 3, bytes: 1340);
            Wait.Until(() => counters[Counter.DatagramsOut] == 3 * round, "three are sent");
        }

        Assert.Equal((0, 0), (counters[Counter.DatagramsOutJoined], counters[Counter.DropSendRefused]));
        Ask(client, group.Bound[0], count: 3, bytes: 100);
        Wait.Until(() => counters[Counter.DatagramsOut] == (3 * Rounds) + 3, "three small ones are sent");
        Assert.Equal(3, counters[Counter.DatagramsOutJoined]);
    }

    [Theory]
    [InlineData(CutSupport.RefusedMax - 1, 3)]
    [InlineData(CutSupport.RefusedMax, 0)]
    public void A_system_that_cannot_cut_sends_every_datagram_alone_and_is_not_asked_for_ever(int refusals, int joinedAfterwards)
    {
        LinuxUdpSocket socket = LinuxUdpSocket.Open(Loopback4, isShared: false, out _)!;
        using var client = new TestClient();
        CounterSet counters = new();
        using var pipeline = new DatagramPipeline(socket, counters);
        var to = new Route(client.Address, new LocalAddress(0, 0, 0, 1));
        // The kernel does not cut for a socket that sends no checksums.
        SetNoChecksums(socket, true);
        for (int i = 0; i < refusals; i++) SendThree(pipeline, to, client);
        Assert.Equal((3 * refusals, 0, 0), (counters[Counter.DatagramsOut], counters[Counter.DatagramsOutJoined], counters[Counter.DropSendRefused]));
        SetNoChecksums(socket, false);
        SendThree(pipeline, to, client);
        Assert.Equal(joinedAfterwards, counters[Counter.DatagramsOutJoined]);
    }

    private static void SetNoChecksums(LinuxUdpSocket socket, bool isOn)
    {
        const int Level = 1, NoCheck = 11;
        using var handle = new SafeSocketHandle(socket.Descriptor, ownsHandle: false);
        using var view = new Socket(handle);
        view.SetRawSocketOption(Level, NoCheck, BitConverter.GetBytes(isOn ? 1 : 0));
    }

    private static void SendThree(DatagramPipeline pipeline, in Route to, TestClient client)
    {
        for (byte i = 0; i < 3; i++)
        {
            pipeline.Rent(1)[0] = i;
            pipeline.Commit(to, 1);
        }

        pipeline.Flush();
        for (byte i = 0; i < 3; i++) Assert.Equal([i], client.Receive().Datagram);
    }

    /// <summary>Answers (i32 count, i32 bytes) with so many datagrams of so many bytes.</summary>
    private static TestHandler Repeating() => new()
    {
        OnReceive = (_, from, datagram, sink) =>
        {
            int count = BitConverter.ToInt32(datagram), bytes = BitConverter.ToInt32(datagram, sizeof(int));
            for (int i = 0; i < count; i++) TestHandler.Echo(from, Pattern(bytes, i), sink);
        },
    };

    private static void Ask(TestClient client, NodeAddress to, int count, int bytes)
    {
        client.Send(to, [.. BitConverter.GetBytes(count), .. BitConverter.GetBytes(bytes)]);
        for (int i = 0; i < count; i++) Assert.Equal(Pattern(bytes, i), client.Receive().Datagram);
    }
}
