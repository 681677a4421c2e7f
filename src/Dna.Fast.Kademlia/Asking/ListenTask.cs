using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>A subscription at the 4 nearest nodes of one family (section 7). Owner thread only.</summary>
internal sealed class ListenTask(ListenOperation operation) : ISearchTask
{
    private sealed class State
    {
        public uint SocketId;
        public bool IsPending;
        public bool HasReplied;
        public long RepliedMs;
    }

    // Nodes may leave the search; their sockets stay ours to close.
    private readonly HashSet<uint> _socketIds = [];

    public bool AsksOnTheWay => false;

    public int Width => Search.ListenWidth;

    // A subscription is never over: it renews itself until it is cancelled.
    public bool IsDoneAt(SearchNode node) => false;

    public long DueMs(SearchNode node)
    {
        State state = node.State<State>(this);
        return state.HasReplied && !state.IsPending ? state.RepliedMs + operation.RefreshMs : long.MaxValue;
    }

    public bool Step(Search search, SearchNode node)
    {
        State state = node.State<State>(this);
        if (state.IsPending || !node.IsSynced(search.Turn.Ms)) return false;
        if (state.HasReplied && DueMs(node) > search.Turn.Ms) return false;
        if (state.SocketId == 0)
        {
            state.SocketId = search.Queries.Engine.NextTransaction();
            _socketIds.Add(state.SocketId);
            operation.Sockets.Add(new SubscriptionSocket(state.SocketId, this, node));
        }

        state.IsPending = true;
        RequestEvents events = search.Events(
            node,
            (in Message _, IReadOnlyList<ReadOnlyMemory<byte>> _) => Renew(search, node, state),
            code => Stop(search, node, state, code),
            () => Lose(state));
        Search.Track(node, search.Queries.Listen(node.Contact, search.Key, node.Token, state.SocketId, operation.Where.Span, events));
        return true;
    }

    public void Completed(Search search)
    {
    }

    public void Failed(Search search)
    {
    }

    /// <summary>A push came to one of our sockets (section 2.8).</summary>
    public void Pushed(Search search, SubscriptionSocket socket, in Message message, IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        socket.Node.TakeToken(message.Token, search.Turn.Ms);
        foreach (ReadOnlyMemory<byte> packed in values) operation.Hold(socket.SocketId, packed, socket.Node.Contact.Address);
        var ids = new ValueIdEnumerator(message.Refreshed, message.RefreshedCount);
        while (ids.MoveNext()) operation.Renew(socket.SocketId, ids.Current);
        ids = new ValueIdEnumerator(message.Expired, message.ExpiredCount);
        while (ids.MoveNext()) operation.Lose(socket.SocketId, ids.Current);
    }

    public void Pushed(SubscriptionSocket socket, in Message message, IReadOnlyList<ReadOnlyMemory<byte>> values) =>
        Pushed(operation.SearchOf(this), socket, message, values);

    /// <summary>Closes every socket of this task.</summary>
    public void Close()
    {
        foreach (uint socketId in _socketIds) operation.Sockets.Remove(socketId);
        _socketIds.Clear();
    }

    private static void Renew(Search search, SearchNode node, State state)
    {
        node.Contact.AuthErrors = 0;
        state.IsPending = false;
        state.HasReplied = true;
        state.RepliedMs = search.Turn.Ms;
    }

    private static void Stop(Search search, SearchNode node, State state, int code)
    {
        state.IsPending = false;
        // Any error but a stale token is final for now: try again when the next renewal would be due.
        state.HasReplied = code != ErrorCodes.Unauthorized;
        state.RepliedMs = search.Turn.Ms;
        if (code == ErrorCodes.Unauthorized) search.Unauthorized(node);
    }

    private void Lose(State state)
    {
        state.IsPending = false;
        state.HasReplied = false;
        operation.Sockets.Remove(state.SocketId);
        _socketIds.Remove(state.SocketId);
        operation.LoseAll(state.SocketId);
        state.SocketId = 0;
    }
}
