using System.Buffers;
using System.IO.Pipelines;
using Dna.Fast.Wire;

namespace Dna.Fast.Net;

/// <summary>What one call of <see cref="UdpSocket.Send"/> did.</summary>
/// <param name="Datagrams">Taken by the system.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Refused">Refused by the system for a reason of their own (no route, forbidden): gone.</param>
/// <param name="RecordBytes">Bytes of the records that are done with, from the start.</param>
/// <param name="IsBlocked">True: the rest waits until the socket is writable.</param>
/// <param name="Joined">Of <paramref name="Datagrams"/>, those that left in one message with others; 0 where the system cannot.</param>
internal readonly record struct SendOutcome(int Datagrams, long Bytes, int Refused, long RecordBytes, bool IsBlocked, int Joined = 0);

/// <summary>A bound, non-blocking UDP socket of one worker.</summary>
/// <remarks>
/// One thread, the worker's. No call blocks, and none throws for what the network does: ICMP errors and refusals of single datagrams
/// are outcomes. <see cref="IDisposable.Dispose"/> when the thread has ended.
/// </remarks>
internal abstract class UdpSocket : IDisposable
{
    /// <summary>Datagrams per system call. 64 make the cost of a call vanish; more would only fill the cache.</summary>
    public const int BatchMax = 64;

    protected UdpSocket(NodeAddress bound)
    {
        Bound = bound;
    }

    /// <summary>The address and port it is bound to.</summary>
    public NodeAddress Bound { get; }

    /// <summary>1 + its index in the worker: what <see cref="Kademlia.LocalAddress.Socket"/> carries.</summary>
    public uint Number { get; set; }

    /// <summary>Receives what is there, at most <see cref="BatchMax"/> datagrams, as records into <paramref name="inbound"/>, unflushed.</summary>
    /// <returns>How many.</returns>
    public abstract int Receive(PipeWriter inbound);

    /// <summary>A datagram that did not fit its record. Valid until the next <see cref="Receive"/>.</summary>
    public abstract ReadOnlySpan<byte> Overflow(in RecordHeader header);

    /// <summary>Sends records, first to last.</summary>
    public abstract SendOutcome Send(in ReadOnlySequence<byte> records);

    /// <summary>Datagrams the system dropped because nobody received in time, since the socket was opened; 0 where it does not tell.</summary>
    public abstract uint ReadDrops();

    /// <summary>Called about once a second: gives back memory that a rare event took.</summary>
    public abstract void Trim();

    public abstract void Dispose();
}
