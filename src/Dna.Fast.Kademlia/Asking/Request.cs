using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>Handles the reply to a request: the message, and its packed values wherever they travelled (inline or in fragments).</summary>
internal delegate void ReplyHandler(in Message message, IReadOnlyList<ReadOnlyMemory<byte>> values);

/// <summary>Who is told how a request went. Exactly one of <see cref="Replied"/>, <see cref="Refused"/>, <see cref="Expired"/> is called, unless it is cancelled.</summary>
internal sealed class RequestEvents
{
    public required ReplyHandler Replied { get; init; }

    /// <summary>The node answered with an error of this code.</summary>
    public Action<int>? Refused { get; init; }

    /// <summary>The first wait passed without an answer; the request goes on.</summary>
    public Action? Slow { get; init; }

    /// <summary>All tries passed without an answer; the contact is expired.</summary>
    public Action? Expired { get; init; }
}

/// <summary>A query of ours on its way: its bytes, which every retransmission repeats, and who waits for the answer.</summary>
internal sealed class Request
{
    public required uint Transaction { get; init; }

    public required Route Route { get; init; }

    /// <summary>The node asked; null for a ping to an address whose id is not known.</summary>
    public required Contact? Contact { get; init; }

    /// <summary>The header datagram first, then the fragments.</summary>
    public required IReadOnlyList<byte[]> Datagrams { get; init; }

    public required RequestEvents Events { get; init; }

    /// <summary>True for find and get: a reply without a token shows a broken node (section 0, item 2).</summary>
    public bool WantsToken { get; init; }

    /// <summary>Sends so far, 1 to <see cref="RequestEngine.AttemptsMax"/>.</summary>
    public int Attempts { get; set; }

    /// <summary>When it was sent first.</summary>
    public required long SentMs { get; init; }

    /// <summary>The wait that is running, in milliseconds.</summary>
    public long WaitMs { get; set; }

    public Timer? Timer { get; set; }

    public bool IsDone { get; set; }
}
