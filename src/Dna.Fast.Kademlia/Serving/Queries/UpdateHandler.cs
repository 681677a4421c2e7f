using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Answers <c>update</c> (section 2.8) with <c>{id, sa}</c>, also when the socket is not known: then the sender may stop.</summary>
internal sealed class UpdateHandler(NodeContext context, Replies replies)
{
    /// <summary>An update that is whole, or that nobody waits for.</summary>
    /// <param name="datagram">The whole datagram.</param>
    public void Handle(in Message query, ReadOnlySpan<byte> datagram, in Arrival at)
    {
        Acknowledge(query, at);
        if (context.Expected.IsSocket(query.SocketId)) context.Inbox.Update(at.From, datagram);
    }

    /// <summary>An update whose values came in fragments is whole.</summary>
    public void Acknowledge(in Message query, in Arrival at) => replies.Pong(query.Transaction, at);
}
