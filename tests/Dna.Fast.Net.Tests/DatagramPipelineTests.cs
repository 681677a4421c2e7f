using System.Runtime.CompilerServices;
using CsCheck;
using Dna.Fast.Kademlia;
using Dna.Fast.Net.Tests.Kit;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

/// <summary>The two pipes of a socket, with a socket that blocks when the test says so.</summary>
public sealed class DatagramPipelineTests
{
    private static readonly Route Peer = new(NodeAddress.V4(0xC000_0201, 4000), new LocalAddress(0, 0, 0, 1));

    private readonly TwinSocket _socket = new();
    private readonly CounterSet _counters = new();
    private readonly DatagramPipeline _pipeline;
    private readonly WorkerSink _sink;

    public DatagramPipelineTests()
    {
        _pipeline = new DatagramPipeline(_socket, _counters);
        _sink = new WorkerSink([_pipeline], _counters);
    }

    [Fact]
    public void Header_has_the_size_its_records_are_measured_by() => Assert.Equal(RecordHeader.Bytes, Unsafe.SizeOf<RecordHeader>());

    [Fact]
    public void Replies_of_a_batch_leave_with_one_call()
    {
        for (int i = 0; i < 10; i++) _socket.Inbox.Enqueue(new Seen(Peer, [(byte)i]));
        Assert.Equal(10, Receive(new TestHandler()));
        Assert.Empty(_socket.Sent);
        _pipeline.Flush();
        Assert.Equal(1, _socket.SendCalls);
        Assert.Equal(Enumerable.Range(0, 10), _socket.Sent.Select(sent => (int)sent.Datagram[0]));
    }

    [Fact]
    public void Nothing_to_send_is_no_call()
    {
        _pipeline.Flush();
        Assert.Equal(0, _socket.SendCalls);
    }

    [Fact]
    public void Many_replies_to_one_query_leave_in_full_batches_on_the_way()
    {
        for (int i = 0; i < 200; i++) Assert.True(Send(1400, i));
        Assert.Equal(3, _socket.SendCalls);
        Assert.Equal(3 * UdpSocket.BatchMax, _socket.Sent.Count);
    }

    [Fact]
    public void Blocked_socket_keeps_replies_in_order_until_it_is_writable()
    {
        _socket.Credit = 2;
        for (int i = 0; i < 5; i++) Assert.True(Send(100, i));
        _pipeline.Flush();
        Assert.True(_pipeline.IsBlocked);
        for (int i = 5; i < 8; i++) Assert.True(Send(100, i));
        _pipeline.Flush();
        Assert.True(_pipeline.IsBlocked);
        Assert.Equal(2, _socket.Sent.Count);
        _socket.Credit = int.MaxValue;
        _pipeline.Flush();
        Assert.False(_pipeline.IsBlocked);
        Assert.Equal(Enumerable.Range(0, 8), _socket.Sent.Select(sent => (int)sent.Datagram[0]));
        Assert.Equal(8, _counters[Counter.DatagramsOut]);
        Assert.Equal(800, _counters[Counter.BytesOut]);
    }

    [Fact]
    public void Blocked_socket_gives_no_room_over_its_threshold_and_room_again_when_it_drained()
    {
        _socket.Credit = 0;
        int taken = 0;
        while (Send(1000, taken)) taken++;
        Assert.InRange(taken, 100, DatagramPipeline.OutboundBytesMax / 1000);
        Assert.False(Send(WireLimits.DatagramBytesMax, 0));
        _socket.Credit = int.MaxValue;
        _pipeline.Flush();
        Assert.Equal(taken, _socket.Sent.Count);
        Assert.True(Send(WireLimits.DatagramBytesMax, 0));
    }

    [Fact]
    public void Blocked_socket_is_not_asked_for_each_datagram()
    {
        _socket.Credit = 0;
        while (Send(100, 0))
        {
        }

        Assert.Equal(1, _socket.SendCalls);
    }

    [Fact]
    public void Kernel_drops_are_counted_once_also_over_the_wrap()
    {
        _socket.Drops = uint.MaxValue;
        _pipeline.Housekeep();
        _pipeline.Housekeep();
        _socket.Drops = 4;
        _pipeline.Housekeep();
        Assert.Equal(uint.MaxValue + 5L, _counters[Counter.DropKernel]);
    }

    [Fact]
    public void Sending_without_room_is_a_bug()
    {
        Assert.Throws<InvalidOperationException>(() => _sink.Send(Peer, 1));
        _sink.Rent(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => _sink.Send(Peer, 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => _sink.Rent(WireLimits.DatagramBytesMax + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _sink.Rent(-1));
    }

    [Fact]
    public void Datagrams_of_any_sizes_come_and_go_whole_and_in_order_whatever_blocks()
    {
        Gen<int> size = Gen.OneOf(Gen.Int[0, 2000], Gen.Int[0, WireLimits.DatagramBytesMax]);
        Gen.Select(size, Gen.Int[0, 5]).Array[1, 60].Sample(
            steps =>
            {
                var socket = new TwinSocket { Credit = 0 };
                var counters = new CounterSet();
                var pipeline = new DatagramPipeline(socket, counters);
                var sink = new WorkerSink([pipeline], counters);
                var expected = new List<byte[]>();
                foreach ((int bytes, int credit) in steps)
                {
                    byte[] datagram = new byte[bytes];
                    datagram.AsSpan().Fill((byte)bytes);
                    if (bytes > 8) BitConverter.TryWriteBytes(datagram.AsSpan(bytes - 4), expected.Count);
                    socket.Inbox.Enqueue(new Seen(Peer, datagram));
                    pipeline.Receive(default, new TestHandler { OnReceive = Check }, sink, new FailureReport(0, counters, null));
                    socket.Credit = credit;
                    pipeline.Flush();

                    void Check(Instant now, Route from, byte[] seen, IDatagramSink to)
                    {
                        Span<byte> room = to.Rent(Math.Max(1, seen.Length));
                        if (room.IsEmpty || seen.Length == 0) return;
                        seen.CopyTo(room);
                        to.Send(from, seen.Length);
                        expected.Add(datagram);
                    }
                }

                socket.Credit = int.MaxValue;
                pipeline.Flush();
                Assert.Equal(0, counters[Counter.HandlerFailures]);
                Assert.Equal(expected.Count, socket.Sent.Count);
                for (int i = 0; i < expected.Count; i++) Assert.True(expected[i].AsSpan().SequenceEqual(socket.Sent[i].Datagram));
            },
            iter: 200);
    }

    private int Receive(IDatagramHandler handler) => _pipeline.Receive(default, handler, _sink, new FailureReport(0, _counters, null));

    private bool Send(int bytes, int first)
    {
        Span<byte> room = _sink.Rent(bytes);
        if (room.IsEmpty) return false;
        room[0] = (byte)first;
        _sink.Send(Peer, bytes);
        return true;
    }
}
