using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>Announces one value to the 8 nearest nodes of one family (section 6.5). Owner thread only.</summary>
/// <remarks>
/// Each node is first asked what it holds under the value's id. An ownerless value is never sent over a signed one (section 0, item 10: it ends a stock node), a
/// permanent one that is there already is refreshed instead of sent again. That it is the same value, and not what another device of the owner signed with the same
/// seq, is seen by the whole value alone, which is asked for once a node.
/// </remarks>
internal sealed class AnnounceTask(PutOperation operation) : ISearchTask
{
    /// <summary>A permanent value is announced again this long before its lifetime ends (section 6.5).</summary>
    public const long MarginMs = 10_000;

    private enum Stage : byte
    {
        Idle,
        Probing,
        Sending,
        Acknowledged,
        Refused,
        Failed,
    }

    private sealed class State
    {
        public Stage Stage;
        public long AnnouncedMs;

        /// <summary>The whole value was seen there, and it was ours.</summary>
        public bool IsSame;
    }

    public int Acknowledged { get; private set; }

    public int Asked { get; private set; }

    public bool WasRefused { get; private set; }

    /// <summary>True once a node turned out to hold a newer version, or another one with our seq; such a node is sent nothing.</summary>
    public bool WasOutdated { get; private set; }

    /// <summary>True once a node answered anything at all.</summary>
    public bool IsReachable { get; private set; }

    public bool AsksOnTheWay => false;

    public int Width => Search.AnnounceWidth;

    public bool IsDoneAt(SearchNode node) => node.State<State>(this).Stage >= Stage.Acknowledged;

    public long DueMs(SearchNode node)
    {
        State state = node.State<State>(this);
        return operation.IsPermanent && state.Stage is Stage.Acknowledged or Stage.Refused ? state.AnnouncedMs + operation.RepeatMs : long.MaxValue;
    }

    public bool Step(Search search, SearchNode node)
    {
        State state = node.State<State>(this);
        // A permanent value goes to a node that failed once and is back.
        bool isDue = state.Stage == Stage.Idle || (state.Stage == Stage.Failed && operation.IsPermanent) || DueMs(node) <= search.Turn.Ms;
        if (!isDue || !node.IsSynced(search.Turn.Ms)) return false;
        IsReachable = true;
        Probe(search, node, state);
        return true;
    }

    public void Completed(Search search)
    {
        if (!operation.IsPermanent) search.Remove(this);
        operation.RoundEnded(this);
    }

    public void Failed(Search search)
    {
        if (!operation.IsPermanent) search.Remove(this);
        operation.RoundEnded(this);
    }

    private void Probe(Search search, SearchNode node, State state)
    {
        state.Stage = Stage.Probing;
        Ask(search, node, state, operation.ProbeQuery);
    }

    private void Ask(Search search, SearchNode node, State state, byte[] query)
    {
        RequestEvents events = search.Events(
            node,
            (in Message message, IReadOnlyList<ReadOnlyMemory<byte>> values) => Decide(search, node, state, message, values, isLast: query == operation.WholeQuery),
            code => Stop(search, node, state, code),
            () => state.Stage = Stage.Failed);
        Search.Track(node, search.Queries.Get(node.Contact, search.Key, query, events));
    }

    /// <param name="isLast">The answer is to the question for the whole value.</param>
    private void Decide(Search search, SearchNode node, State state, in Message message, IReadOnlyList<ReadOnlyMemory<byte>> values, bool isLast)
    {
        if (operation.IsCancelled) return;
        Standing standing = operation.Compare(message, values, state.IsSame);
        state.IsSame = standing == Standing.Present;
        switch (standing)
        {
            case Standing.Unclear when !isLast:
                Ask(search, node, state, operation.WholeQuery);
                break;
            case Standing.Present when operation.IsHandOver:
                Asked++;
                Acknowledged++;
                state.Stage = Stage.Acknowledged;
                state.AnnouncedMs = search.Turn.Ms;
                break;
            case Standing.Present when operation.IsPermanent:
                Refresh(search, node, state);
                break;
            case Standing.Absent or Standing.Present:
                Put(search, node, state);
                break;
            default:
                WasOutdated |= standing == Standing.Newer;
                WasRefused |= standing != Standing.Newer;
                state.Stage = Stage.Refused;
                state.AnnouncedMs = search.Turn.Ms;
                break;
        }
    }

    private void Put(Search search, SearchNode node, State state)
    {
        Asked++;
        state.Stage = Stage.Sending;
        RequestEvents events = search.Events(
            node,
            (in Message message, IReadOnlyList<ReadOnlyMemory<byte>> _) => Acknowledge(search, node, state, message),
            code => Stop(search, node, state, code),
            () => state.Stage = Stage.Failed);
        long created = operation.IsPermanent ? -1 : operation.CreatedUnixMs / 1000;
        Search.Track(node, search.Queries.Put(node.Contact, search.Key, operation.Packed.Span, created, node.Token, events));
    }

    private void Refresh(Search search, SearchNode node, State state)
    {
        Asked++;
        state.Stage = Stage.Sending;
        RequestEvents events = search.Events(
            node,
            (in Message message, IReadOnlyList<ReadOnlyMemory<byte>> _) => Acknowledge(search, node, state, message),
            code =>
            {
                if (code == ErrorCodes.NotFound && !operation.IsCancelled) Put(search, node, state);
                else Stop(search, node, state, code);
            },
            () => state.Stage = Stage.Failed);
        Search.Track(node, search.Queries.Refresh(node.Contact, search.Key, operation.ValueId, node.Token, events));
    }

    private void Acknowledge(Search search, SearchNode node, State state, in Message message)
    {
        node.Contact.AuthErrors = 0;
        state.AnnouncedMs = search.Turn.Ms;
        // An answer about another id acknowledges nothing (section 2.5).
        state.Stage = message.ValueId == operation.ValueId ? Stage.Acknowledged : Stage.Refused;
        if (state.Stage == Stage.Acknowledged) Acknowledged++;
    }

    private static void Stop(Search search, SearchNode node, State state, int code)
    {
        state.AnnouncedMs = search.Turn.Ms;
        state.Stage = code == ErrorCodes.Unauthorized ? Stage.Idle : Stage.Refused;
        if (code == ErrorCodes.Unauthorized) search.Unauthorized(node);
    }
}
