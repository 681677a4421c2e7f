namespace Dna.Fast.Kademlia.Asking;

/// <summary>The turn that is running: its time, and where its datagrams leave. Owner thread only.</summary>
/// <remarks>Everything on the owner thread happens inside a turn, so one object spares handing both through every call.</remarks>
internal sealed class TurnState
{
    public Instant Now { get; private set; }

    public IDatagramSink Sink { get; private set; } = NoSink.Instance;

    public long Ms => Now.Ms;

    public void Begin(in Instant now, IDatagramSink sink)
    {
        Now = now;
        Sink = sink;
    }

    public void SetTime(in Instant now) => Now = now;

    /// <summary>Before the first turn there is nowhere to send: a request made then is sent again by its retransmission.</summary>
    private sealed class NoSink : IDatagramSink
    {
        public static readonly NoSink Instance = new();

        public Span<byte> Rent(int bytesMax) => [];

        public void Send(in Route route, int bytes)
        {
        }
    }
}
