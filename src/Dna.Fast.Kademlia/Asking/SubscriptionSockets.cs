namespace Dna.Fast.Kademlia.Asking;

/// <summary>A socket of ours at one node: pushes addressed to its number belong to this task at this node.</summary>
internal sealed record SubscriptionSocket(uint SocketId, ListenTask Task, SearchNode Node);

/// <summary>The socket ids that nodes push to (section 1.4). Owner thread only.</summary>
internal sealed class SubscriptionSockets(ExpectedAnswers expected)
{
    private readonly Dictionary<uint, SubscriptionSocket> _sockets = [];

    public int Count => _sockets.Count;

    public void Add(SubscriptionSocket socket)
    {
        _sockets[socket.SocketId] = socket;
        expected.AddSocket(socket.SocketId);
    }

    public void Remove(uint socketId)
    {
        _sockets.Remove(socketId);
        expected.RemoveSocket(socketId);
    }

    public SubscriptionSocket? Find(uint socketId) => _sockets.GetValueOrDefault(socketId);
}
