using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Net;

/// <summary>One socket with its two pipes: datagrams in, handled at once, replies out.</summary>
/// <remarks>
/// One thread writes and reads both pipes and never awaits. The inbound pipe is empty between batches: nothing is received while a batch is
/// handled or while replies wait for the socket, so the only queue is the kernel's, and the kernel drops and counts.
/// </remarks>
internal sealed class DatagramPipeline : IDisposable
{
    /// <summary>Replies that wait for a blocked socket, in bytes of records: over it, <see cref="Rent"/> gives nothing. Enough for one value of the largest size and its neighbours.</summary>
    public const int OutboundBytesMax = 512 * 1024;

    /// <summary>Outbound segment: the largest datagram fits, small ones share it.</summary>
    private const int OutboundBlockBytes = 128 * 1024;

    private readonly UdpSocket _socket;
    private readonly CounterSet _counters;
    private readonly PinnedPool _inboundPool;
    private readonly PinnedPool _outboundPool = new(OutboundBlockBytes, OutboundBytesMax / OutboundBlockBytes + 1);
    private readonly Pipe _inbound;
    private readonly Pipe _outbound;

    // Memory of the outbound pipe, and how much of it holds records the pipe was not told of: a batch asks the pipe once, not twice a reply, for each asking takes
    // its lock.
    private Memory<byte> _room;
    private int _roomUsed;
    private int _unsent;
    private long _pendingBytes;
    private uint _dropsSeen;

    public DatagramPipeline(UdpSocket socket, CounterSet counters)
    {
        _socket = socket;
        _counters = counters;
        _inboundPool = new PinnedPool(Linux.ReceiveBatch.BlockBytes, keptMax: 4);
        _inbound = new Pipe(Options(_inboundPool));
        _outbound = new Pipe(Options(_outboundPool));
    }

    public UdpSocket Socket => _socket;

    /// <summary>True: replies wait until the socket is writable. Nothing is to be received meanwhile.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>Receives one batch and hands it over.</summary>
    /// <returns>Datagrams received.</returns>
    public int Receive(in Instant now, IDatagramHandler handler, IDatagramSink sink, FailureReport failures)
    {
        int received = _socket.Receive(_inbound.Writer);
        if (received == 0) return 0;
        Publish(_inbound.Writer);
        _inbound.Reader.TryRead(out ReadResult result);
        long bytes = 0;
        foreach (ReadOnlyMemory<byte> segment in result.Buffer)
        {
            bytes += Handle(segment.Span, now, handler, sink, failures);
        }

        _inbound.Reader.AdvanceTo(result.Buffer.End);
        _counters.Add(Counter.DatagramsIn, received);
        _counters.Add(Counter.BytesIn, bytes);
        return received;
    }

    /// <summary>As <see cref="IDatagramSink.Rent"/>.</summary>
    public Span<byte> Rent(int bytesMax)
    {
        int recordBytes = RecordHeader.Measure(bytesMax);
        if (_pendingBytes + recordBytes > OutboundBytesMax) return default;
        if (_room.Length - _roomUsed < recordBytes) AskForRoom(recordBytes);
        return _room.Span.Slice(_roomUsed + RecordHeader.Bytes, bytesMax);
    }

    /// <summary>Puts the first <paramref name="bytes"/> bytes of the last rented span on their way.</summary>
    public void Commit(in Route route, int bytes)
    {
        int recordBytes = RecordHeader.Measure(bytes);
        ref RecordHeader header = ref MemoryMarshal.AsRef<RecordHeader>(_room.Span[_roomUsed..]);
        header.RecordBytes = recordBytes;
        header.DatagramBytes = bytes;
        header.Overflow = 0;
        header.Route = route;
        _roomUsed += recordBytes;
        _pendingBytes += recordBytes;
        _unsent++;
        if (_unsent >= UdpSocket.BatchMax && !IsBlocked) Flush();
    }

    /// <summary>Sends what waits, until all is gone or the socket blocks.</summary>
    public void Flush()
    {
        if (_pendingBytes == 0) return;
        GiveRoomBack();
        Publish(_outbound.Writer);
        _outbound.Reader.TryRead(out ReadResult result);
        ReadOnlySequence<byte> records = result.Buffer;
        SendOutcome outcome = _socket.Send(records);
        _outbound.Reader.AdvanceTo(records.GetPosition(outcome.RecordBytes));
        _pendingBytes -= outcome.RecordBytes;
        _unsent = 0;
        IsBlocked = outcome.IsBlocked;
        Debug.Assert(IsBlocked == _pendingBytes > 0, "a socket that does not block takes all");
        if (outcome.Refused > 0) _counters.Add(Counter.DropSendRefused, outcome.Refused);
        if (outcome.Joined > 0) _counters.Add(Counter.DatagramsOutJoined, outcome.Joined);
        _counters.Add(Counter.BytesOut, outcome.Bytes);
        // Last: who sees the datagrams counted sees what else is said of them.
        _counters.Add(Counter.DatagramsOut, outcome.Datagrams);
    }

    /// <summary>About once a second.</summary>
    public void Housekeep()
    {
        uint drops = _socket.ReadDrops();
        // The kernel counts in 32 bits and wraps.
        if (drops != _dropsSeen) _counters.Add(Counter.DropKernel, unchecked(drops - _dropsSeen));
        _dropsSeen = drops;
        _socket.Trim();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _inboundPool.Dispose();
        _outboundPool.Dispose();
    }

    private void AskForRoom(int bytes)
    {
        GiveRoomBack();
        _room = _outbound.Writer.GetMemory(bytes);
    }

    private void GiveRoomBack()
    {
        if (_roomUsed > 0) _outbound.Writer.Advance(_roomUsed);
        _room = default;
        _roomUsed = 0;
    }

    private long Handle(ReadOnlySpan<byte> records, in Instant now, IDatagramHandler handler, IDatagramSink sink, FailureReport failures)
    {
        long bytes = 0;
        while (!records.IsEmpty)
        {
            ref readonly RecordHeader header = ref MemoryMarshal.AsRef<RecordHeader>(records);
            ReadOnlySpan<byte> datagram = header.Overflow == 0
                ? records.Slice(RecordHeader.Bytes, header.DatagramBytes)
                : _socket.Overflow(header);
            bytes += datagram.Length;
            try
            {
                handler.Receive(now, header.Route, datagram, sink);
            }
#pragma warning disable CA1031 // One datagram that meets a bug must not end the node: it is counted and reported.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                failures.Add(now, failure);
            }

            records = records[header.RecordBytes..];
        }

        return bytes;
    }

    // The pipes have no thresholds of their own, so a flush completes at once: the same thread reads right after it.
    private static void Publish(PipeWriter writer)
    {
        ValueTask<FlushResult> flush = writer.FlushAsync();
        Debug.Assert(flush.IsCompletedSuccessfully, "a pipe without a threshold never makes its writer wait");
        _ = flush.Result;
    }

    private static PipeOptions Options(PinnedPool pool) => new(
        pool,
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0,
        resumeWriterThreshold: 0,
        minimumSegmentSize: pool.MaxBufferSize,
        useSynchronizationContext: false);
}
