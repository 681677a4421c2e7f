using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Answers <c>listen</c> (section 2.7) with <c>{id, sa, token}</c> and hands the listener to the owner thread.</summary>
internal sealed class ListenHandler(NodeContext context, CounterSet counters, Replies replies)
{
    public void Handle(in Message query, in Arrival at)
    {
        if (query.Target.IsZero)
        {
            replies.NoKey(query.Transaction, "listen without a key"u8, at);
        }
        else if (!context.Tokens.Check(at.From.Remote, query.Token))
        {
            replies.WrongToken(query.Transaction, at);
        }
        else if (!QueryFilter.TryRead(query.Query, out _))
        {
            counters.Add(Counter.DropMalformed);
        }
        else
        {
            replies.Listening(query.Transaction, at);
            context.Inbox.Listen(at.From, query.Id, query.Target, query.SocketId, query.ListenVersion, query.Query);
        }
    }
}
