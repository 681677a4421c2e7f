using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia;

/// <summary>Which of our own addresses a datagram came to, so that the reply leaves from it. <c>default</c>: the system chooses.</summary>
/// <param name="High">Upper half of the IPv6 address; 0 for IPv4.</param>
/// <param name="Low">Lower half of the IPv6 address, or the 32 bits of the IPv4 address.</param>
/// <param name="Interface">Interface index, 0 when unknown.</param>
/// <param name="Socket">1 + the index of the receiving socket in its worker; 0: the first socket of the remote's family.</param>
public readonly record struct LocalAddress(ulong High, ulong Low, uint Interface, uint Socket);

/// <summary>The two ends of a datagram's way.</summary>
/// <param name="Remote">The other node.</param>
/// <param name="Local">Our end.</param>
public readonly record struct Route(NodeAddress Remote, LocalAddress Local);

/// <summary>Where datagrams leave. One thread: the worker's own.</summary>
public interface IDatagramSink
{
    /// <summary>Room for one datagram of at most <paramref name="bytesMax"/> bytes, until the next call of <see cref="Rent"/> or <see cref="Send"/>.</summary>
    /// <returns>A span of at least that length, or an empty one when the outbound pipe is full: the caller drops and counts.</returns>
    Span<byte> Rent(int bytesMax);

    /// <summary>Sends the first <paramref name="bytes"/> bytes of the rented span. 0 sends nothing.</summary>
    void Send(in Route route, int bytes);
}

/// <summary>The node as a worker thread sees it.</summary>
/// <remarks>All calls for one handler come from one thread.</remarks>
public interface IDatagramHandler
{
    /// <summary>Sets what wakes this handler's thread from any other thread, so that <see cref="Turn"/> is called soon. Called once, before the first datagram.</summary>
    void Attach(Action wake);

    /// <summary>One received datagram. Replies go to <paramref name="sink"/>.</summary>
    void Receive(in Instant now, in Route from, ReadOnlySpan<byte> datagram, IDatagramSink sink);

    /// <summary>After every batch, after a wake and at the time the last call asked for: sends what became ready.</summary>
    /// <returns>When to call again at the latest, in the milliseconds of <see cref="Instant.Ms"/>.</returns>
    long Turn(in Instant now, IDatagramSink sink);
}
