namespace Dna.Fast.Kademlia.Serving;

/// <summary>One worker's way of a datagram: gate, decode, reassemble, answer. Implements the packet side of the node; one instance per worker thread.</summary>
public sealed class Receiver : IDatagramHandler
{
    public Receiver(NodeContext context, CounterSet counters, VerificationQueue verification) => throw new NotImplementedException();

    /// <summary>True: queries are dropped and counted, what was accepted is finished. Any thread.</summary>
    public bool IsDraining { get; set; }

    public void Attach(Action wake) => throw new NotImplementedException();

    public void Receive(in Instant now, in Route from, ReadOnlySpan<byte> datagram, IDatagramSink sink) => throw new NotImplementedException();

    public long Turn(in Instant now, IDatagramSink sink) => throw new NotImplementedException();

    /// <summary>The store committed. Any thread; wakes this worker when it owes acknowledgements.</summary>
    public void NoteCommit() => throw new NotImplementedException();

    /// <summary>Acknowledgements that still wait for a commit or a signature. Any thread.</summary>
    public int PendingAcknowledgements => throw new NotImplementedException();
}
