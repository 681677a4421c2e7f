using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Dna.Fast.Kademlia;
using Dna.Fast.Net;
using Dna.Fast.Net.Linux;
using Dna.Fast.Wire;

namespace Dna.Fast.Benchmarks;

/// <summary>What a datagram costs between the socket and the handler and back, per datagram of a full batch.</summary>
[MemoryDiagnoser]
public class PipelineBenchmarks
{
    private const int Batch = UdpSocket.BatchMax;

    private readonly CounterSet _counters = new();
    private readonly Echo _echo = new();
    // The kernel writes into this pipe as well, so its memory must be of the pool that never moves.
    private readonly Pipe _clientPipe = new(new PipeOptions(new PinnedPool(ReceiveBatch.BlockBytes, 2), pauseWriterThreshold: 0, resumeWriterThreshold: 0));
    private FailureReport _failures = null!;
    private LinuxUdpSocket _client = null!;
    private (DatagramPipeline Pipeline, WorkerSink Sink) _loopback;
    private (DatagramPipeline Pipeline, WorkerSink Sink) _memory;
    private ReadOnlySequence<byte> _queries;

    /// <summary>Bytes of a datagram: a find, and a find's reply with eight nodes of each family.</summary>
    [Params(100, 700)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _failures = new FailureReport(0, _counters, null);
        _client = Open();
        LinuxUdpSocket server = Open();
        _loopback = Make(server);
        byte[] records = Records(server.Bound);
        _memory = Make(new MemorySocket(records));
        // The kernel reads the client's records where they are, so they must not move.
        byte[] pinned = GC.AllocateArray<byte>(records.Length, pinned: true);
        records.CopyTo(pinned, 0);
        _queries = new ReadOnlySequence<byte>(pinned);
    }

    /// <summary>The pipes alone: one copy in, one copy by the handler, none out.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public int Pipes()
    {
        int received = _memory.Pipeline.Receive(default, _echo, _memory.Sink, _failures);
        _memory.Pipeline.Flush();
        return received;
    }

    /// <summary>The whole way over loopback, the asking side's system calls included.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public int Loopback()
    {
        _client.Send(_queries);
        int answered = 0;
        while (answered < Batch) answered += _loopback.Pipeline.Receive(default, _echo, _loopback.Sink, _failures);
        _loopback.Pipeline.Flush();
        for (int drained = 0; drained < Batch;) drained += _client.Receive(_clientPipe.Writer);
        ValueTask<FlushResult> flush = _clientPipe.Writer.FlushAsync();
        if (!flush.IsCompletedSuccessfully) throw new InvalidOperationException("a pipe without a threshold never makes its writer wait");
        _ = flush.Result;
        _clientPipe.Reader.TryRead(out ReadResult result);
        _clientPipe.Reader.AdvanceTo(result.Buffer.End);
        return answered;
    }

    private static LinuxUdpSocket Open() =>
        LinuxUdpSocket.Open(NodeAddress.V4(0x7F00_0001, 0), isShared: false, out int error) ?? throw new IOException($"error {error}");

    private (DatagramPipeline, WorkerSink) Make(UdpSocket socket)
    {
        socket.Number = 1;
        var pipeline = new DatagramPipeline(socket, _counters);
        return (pipeline, new WorkerSink([pipeline], _counters));
    }

    private byte[] Records(NodeAddress to)
    {
        int recordBytes = RecordHeader.Measure(Bytes);
        byte[] records = new byte[Batch * recordBytes];
        for (int i = 0; i < Batch; i++)
        {
            var header = new RecordHeader { RecordBytes = recordBytes, DatagramBytes = Bytes, Route = new Route(to, new LocalAddress(0, 0, 0, 1)) };
            MemoryMarshal.Write(records.AsSpan(i * recordBytes), header);
        }

        return records;
    }

    private sealed class Echo : IDatagramHandler
    {
        public void Attach(Action wake)
        {
        }

        public void Receive(in Instant now, in Route from, ReadOnlySpan<byte> datagram, IDatagramSink sink)
        {
            datagram.CopyTo(sink.Rent(datagram.Length));
            sink.Send(from, datagram.Length);
        }

        public long Turn(in Instant now, IDatagramSink sink) => now.Ms + 1000;
    }

    /// <summary>Receives the same batch for ever and forgets what it sends.</summary>
    private sealed class MemorySocket(byte[] batch) : UdpSocket(NodeAddress.V4(0x7F00_0001, 4000))
    {
        public override int Receive(PipeWriter inbound)
        {
            batch.CopyTo(inbound.GetMemory(batch.Length));
            inbound.Advance(batch.Length);
            return Batch;
        }

        public override ReadOnlySpan<byte> Overflow(in RecordHeader header) => throw new NotSupportedException();

        public override SendOutcome Send(in ReadOnlySequence<byte> records) => new(Batch, 0, 0, records.Length, IsBlocked: false);

        public override uint ReadDrops() => 0;

        public override void Trim()
        {
        }

        public override void Dispose()
        {
        }
    }
}
