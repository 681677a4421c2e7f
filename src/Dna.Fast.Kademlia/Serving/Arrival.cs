namespace Dna.Fast.Kademlia.Serving;

/// <summary>The circumstances of one datagram: when and from where it came, and where answers leave.</summary>
internal readonly ref struct Arrival
{
    public Arrival(in Instant now, in Route from, IDatagramSink sink)
    {
        Now = now;
        From = from;
        Sink = sink;
    }

    public readonly Instant Now;

    public readonly Route From;

    public readonly IDatagramSink Sink;
}
