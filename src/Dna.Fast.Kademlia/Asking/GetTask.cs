using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>The get of section 2.4 in one family: each of the nearest nodes is asked for its value ids, then for each value by its id. Owner thread only.</summary>
internal sealed class GetTask(GetOperation operation) : ISearchTask
{
    /// <summary>Values asked for at once of one node: enough to hide the round trip, few enough not to trip its rate limit.</summary>
    private const int FetchesMax = 16;

    /// <summary>Ids taken from one node: what a key can hold (section 5.2).</summary>
    private const int IdsMax = Store.IValueStore.ValuesPerKeyMax;

    private sealed class State
    {
        public readonly Queue<ulong> Ids = new();
        public bool IsAsked;
        public bool HasAnswered;
        public bool IsDone;
        public int Fetching;
    }

    /// <summary>Nodes that answered the first question.</summary>
    public int Answered { get; private set; }

    public bool AsksOnTheWay => true;

    public int Width => Search.AnnounceWidth;

    public bool IsDoneAt(SearchNode node) => node.State<State>(this).IsDone;

    public long DueMs(SearchNode node) => long.MaxValue;

    public void Completed(Search search) => End(search);

    public void Failed(Search search) => End(search);

    public bool Step(Search search, SearchNode node)
    {
        State state = node.State<State>(this);
        if (state.IsAsked) return false;
        state.IsAsked = true;
        RequestEvents events = search.Events(
            node,
            (in Message message, IReadOnlyList<ReadOnlyMemory<byte>> values) => TakeIds(search, node, state, message, values),
            _ => state.IsDone = true,
            () => state.IsDone = true);
        Search.Track(node, search.Queries.Get(node.Contact, search.Key, operation.SelectIds, events));
        return true;
    }

    private void TakeIds(Search search, SearchNode node, State state, in Message message, IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        if (!state.HasAnswered)
        {
            state.HasAnswered = true;
            Answered++;
        }

        if (!message.Fields.IsEmpty && FieldsView.TryRead(message.Fields, out FieldsView rows) == DecodeStatus.Ok)
        {
            while (rows.MoveNext(out ValueView row) && state.Ids.Count < IdsMax) state.Ids.Enqueue(row.Id);
        }
        else
        {
            operation.Take(values, node.Contact.Address);
        }

        Fetch(search, node, state);
    }

    private void Fetch(Search search, SearchNode node, State state)
    {
        if (operation.IsUsedUp(node.Contact.Address)) state.Ids.Clear();
        Span<byte> query = stackalloc byte[64];
        while (state.Fetching < FetchesMax && !operation.IsEnded && state.Ids.TryDequeue(out ulong id))
        {
            int length = QueryMapWriter.WhereId(query, id);
            state.Fetching++;
            RequestEvents events = search.Events(
                node,
                (in Message _, IReadOnlyList<ReadOnlyMemory<byte>> values) =>
                {
                    state.Fetching--;
                    operation.Take(values, node.Contact.Address, id);
                    Fetch(search, node, state);
                },
                _ =>
                {
                    state.Fetching--;
                    Fetch(search, node, state);
                },
                () => state.IsDone = true);
            Search.Track(node, search.Queries.Get(node.Contact, search.Key, query[..length], events));
        }

        if (state.Fetching == 0 && state.Ids.Count == 0) state.IsDone = true;
    }

    private void End(Search search)
    {
        search.Remove(this);
        operation.TaskEnded(this);
    }
}
