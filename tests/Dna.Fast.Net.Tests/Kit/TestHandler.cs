using System.Threading.Channels;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Net.Tests.Kit;

/// <summary>A datagram as a handler saw it.</summary>
internal sealed record Seen(Route From, byte[] Datagram);

/// <summary>Echoes every datagram, unless told otherwise.</summary>
internal sealed class TestHandler : IDatagramHandler
{
    private readonly TaskCompletionSource<Action> _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _received;

    /// <summary>Instead of the echo.</summary>
    public Action<Instant, Route, byte[], IDatagramSink>? OnReceive { get; init; }

    public Func<Instant, IDatagramSink, long>? OnTurn { get; init; }

    public int Received => Volatile.Read(ref _received);

    public Action Wake => _attached.Task.Wait(TestClient.Patience) ? _attached.Task.Result : throw new TimeoutException("never attached");

    public void Attach(Action wake) => _attached.SetResult(wake);

    public void Receive(in Instant now, in Route from, ReadOnlySpan<byte> datagram, IDatagramSink sink)
    {
        Interlocked.Increment(ref _received);
        if (OnReceive != null) OnReceive(now, from, datagram.ToArray(), sink);
        else Echo(from, datagram, sink);
    }

    public long Turn(in Instant now, IDatagramSink sink) => OnTurn?.Invoke(now, sink) ?? now.Ms + 60_000;

    public static void Echo(in Route from, ReadOnlySpan<byte> datagram, IDatagramSink sink)
    {
        Span<byte> room = sink.Rent(Math.Max(1, datagram.Length));
        if (room.IsEmpty) return;
        datagram.CopyTo(room);
        sink.Send(from, datagram.Length);
    }

    /// <summary>A handler that keeps what it saw, and the queue it keeps it in.</summary>
    public static TestHandler Recording(out ChannelReader<Seen> seen)
    {
        var channel = Channel.CreateUnbounded<Seen>();
        seen = channel.Reader;
        return new TestHandler { OnReceive = (_, from, datagram, _) => channel.Writer.TryWrite(new Seen(from, datagram)) };
    }
}
