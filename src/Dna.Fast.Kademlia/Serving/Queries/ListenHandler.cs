using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Checks <c>listen</c> (section 2.7) and hands the listener to the owner thread, which replies.</summary>
/// <remarks>
/// The reply has to leave behind the pushes of what is stored: a stock client takes it for the end of them, and answers its own gets from what it has then.
/// A listen that found the inbox full gets no reply, and is asked again.
/// </remarks>
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
            context.Inbox.Listen(at.From, query.Transaction, query.Id, query.Target, query.SocketId, query.ListenVersion, query.Query);
        }
    }
}
