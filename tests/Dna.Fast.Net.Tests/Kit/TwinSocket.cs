using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests.Kit;

/// <summary>A socket without a system: tests put datagrams in, take them out, and decide when it blocks.</summary>
internal sealed class TwinSocket(NodeAddress bound) : UdpSocket(bound)
{
    public TwinSocket()
        : this(NodeAddress.V4(0x7F00_0001, 4000))
    {
    }

    public Action? Disposed { get; init; }

    public Queue<Seen> Inbox { get; } = [];

    public List<Seen> Sent { get; } = [];

    /// <summary>Datagrams it takes before it blocks.</summary>
    public int Credit { get; set; } = int.MaxValue;

    public int SendCalls { get; private set; }

    public uint Drops { get; set; }

    public override int Receive(PipeWriter inbound)
    {
        int count = 0;
        while (count < BatchMax && Inbox.TryDequeue(out Seen? next))
        {
            int recordBytes = RecordHeader.Measure(next.Datagram.Length);
            Span<byte> memory = inbound.GetMemory(recordBytes).Span;
            MemoryMarshal.AsRef<RecordHeader>(memory) = new RecordHeader { RecordBytes = recordBytes, DatagramBytes = next.Datagram.Length, Route = next.From };
            next.Datagram.CopyTo(memory[RecordHeader.Bytes..]);
            inbound.Advance(recordBytes);
            count++;
        }

        return count;
    }

    public override ReadOnlySpan<byte> Overflow(in RecordHeader header) => throw new NotSupportedException();

    public override SendOutcome Send(in ReadOnlySequence<byte> records)
    {
        SendCalls++;
        int sent = 0;
        long bytes = 0, done = 0;
        foreach (ReadOnlyMemory<byte> segment in records)
        {
            ReadOnlySpan<byte> rest = segment.Span;
            while (!rest.IsEmpty)
            {
                if (Credit == 0) return new SendOutcome(sent, bytes, 0, done, IsBlocked: true);
                Credit--;
                RecordHeader header = MemoryMarshal.Read<RecordHeader>(rest);
                Sent.Add(new Seen(header.Route, rest.Slice(RecordHeader.Bytes, header.DatagramBytes).ToArray()));
                sent++;
                bytes += header.DatagramBytes;
                done += header.RecordBytes;
                rest = rest[header.RecordBytes..];
            }
        }

        return new SendOutcome(sent, bytes, 0, done, IsBlocked: false);
    }

    public override uint ReadDrops() => Drops;

    public override void Trim()
    {
    }

    public override void Dispose() => Disposed?.Invoke();
}
