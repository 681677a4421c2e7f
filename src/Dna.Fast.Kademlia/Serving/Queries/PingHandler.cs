using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Answers <c>ping</c> (section 2.2): <c>{id, sa}</c>.</summary>
internal sealed class PingHandler(Replies replies)
{
    public void Handle(in Message query, in Arrival at) => replies.Pong(query.Transaction, at);
}
