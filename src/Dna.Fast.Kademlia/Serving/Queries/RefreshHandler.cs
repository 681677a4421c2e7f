using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Answers <c>refresh</c> (section 2.6): the value's lifetime begins anew. A known key is acknowledged even when the value id is not stored, as stock does.</summary>
internal sealed class RefreshHandler(NodeContext context, Replies replies, SlotWriter writer) : IValueVisitor
{
    private ushort _type;

    public void Handle(in Message query, in Arrival at)
    {
        if (!context.Tokens.Check(at.From.Remote, query.Token))
        {
            replies.WrongToken(query.Transaction, at);
            return;
        }

        var owed = new Acknowledgement(at.From, query.Transaction, query.ValueId);
        if (context.Store.ReadOne(query.Target, query.ValueId, at.Now.UnixMs, this))
        {
            if (!writer.Refresh(query.Target, query.ValueId, _type, owed, at.Now, at.Sink)) writer.Acknowledge(owed, at.Sink);
        }
        else if (context.Store.Contains(query.Target, at.Now.UnixMs))
        {
            writer.Acknowledge(owed, at.Sink);
        }
        else
        {
            replies.NotFound(query.Transaction, at);
        }
    }

    bool IValueVisitor.Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        _type = slot.Type;
        return false;
    }
}
