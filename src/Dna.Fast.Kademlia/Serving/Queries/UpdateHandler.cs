using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Answers <c>update</c> (section 2.8), always and at once, with <c>{id, sa}</c>: whether the socket is known is the owner thread's matter.</summary>
internal sealed class UpdateHandler(NodeContext context, Replies replies)
{
    /// <param name="datagram">The whole datagram; handed over unless its values still travel in fragments.</param>
    public void Handle(in Message query, ReadOnlySpan<byte> datagram, in Arrival at)
    {
        replies.Pong(query.Transaction, at);
        if (!query.HasSizes) context.Inbox.Update(at.From, datagram);
    }
}
