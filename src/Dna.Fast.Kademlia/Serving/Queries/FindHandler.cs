using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Answers <c>find</c> (section 2.3): <c>{id, sa, [n4], [n6], token}</c>. The token is never left out: stock blacklists who does.</summary>
internal sealed class FindHandler(NodeContext context, Replies replies)
{
    // A field and not the stack, where it would be cleared for each query.
    private readonly byte[] _nodes = new byte[NodeLists.BytesMax];

    public void Handle(in Message query, in Arrival at)
    {
        NodeLists nodes = NodeLists.Write(context, query.Target, query.Want, at, _nodes);
        replies.Found(query.Transaction, nodes, [], [], at);
    }
}
