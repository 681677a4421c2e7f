using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Net;

/// <summary>The sink of one worker: finds the socket a datagram leaves by.</summary>
/// <remarks>
/// Room is rented before the way is known, so it is rented from the socket whose batch is being handled: replies go back by it and are not copied.
/// The few datagrams that leave by another socket are.
/// </remarks>
internal sealed class WorkerSink(DatagramPipeline[] pipelines, CounterSet counters) : IDatagramSink
{
    private int _rented = -1;
    private int _rentedBytes;

    /// <summary>Index of the socket whose batch is being handled.</summary>
    public int Current { get; set; }

    public Span<byte> Rent(int bytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytesMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytesMax, WireLimits.DatagramBytesMax);
        Span<byte> room = pipelines[Current].Rent(bytesMax);
        _rented = room.IsEmpty ? -1 : Current;
        _rentedBytes = bytesMax;
        return room;
    }

    public void Send(in Route route, int bytes)
    {
        if (bytes == 0) return;
        if (_rented < 0) throw new InvalidOperationException("nothing is rented");
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)_rentedBytes, nameof(bytes));
        DatagramPipeline rented = pipelines[_rented];
        int index = Find(route);
        if (index == _rented) rented.Commit(route, bytes);
        else if (index < 0) counters.Add(Counter.DropNoSocket);
        else Copy(rented, pipelines[index], route, bytes);
        _rented = -1;
    }

    private void Copy(DatagramPipeline from, DatagramPipeline to, in Route route, int bytes)
    {
        Span<byte> room = to.Rent(bytes);
        if (room.IsEmpty)
        {
            counters.Add(Counter.DropSinkFull);
            return;
        }

        from.Rent(bytes).CopyTo(room);
        to.Commit(route, bytes);
    }

    private int Find(in Route route)
    {
        int index = (int)route.Local.Socket - 1;
        if ((uint)index < (uint)pipelines.Length && pipelines[index].Socket.Bound.Family == route.Remote.Family) return index;
        for (index = 0; index < pipelines.Length; index++)
        {
            if (pipelines[index].Socket.Bound.Family == route.Remote.Family) return index;
        }

        return -1;
    }
}
