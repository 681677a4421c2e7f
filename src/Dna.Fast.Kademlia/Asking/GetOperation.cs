using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Asking;

/// <summary>A get over both families and our own store: hands over each value once (section 4.7). Owner thread only, but for <see cref="Cancel"/>.</summary>
internal sealed class GetOperation : IOperation, IValueVisitor
{
    /// <summary>Bytes of values kept of one get; more is no answer a person or a program waits for, but a server that never ends.</summary>
    private const long BytesMax = 256L << 20;

    /// <summary>Different values of one node under one id: its slot holds one, which may be edited while we ask.</summary>
    /// <remarks>For each node by itself: with one bound for all, whoever answers first with many would hide what the others have.</remarks>
    private const int VersionsOfNodeMax = 2;

    /// <summary>What a value costs us beside its bytes, so that a node cannot send a million empty ones for nothing.</summary>
    private const int OverheadBytes = 256;

    /// <summary>Bytes of values kept of one node, so that one alone cannot end a get: four times what a stock node keeps under one key.</summary>
    private const long BytesOfNodeMax = BytesMax / 4;

    private readonly OwnerParts _parts;
    private readonly InfoHash _key;
    private readonly ReadOnlyMemory<byte> _where;
    private readonly Func<FoundValue, bool> _found;
    private readonly Action<GetOutcome> _done;
    private readonly Dictionary<ulong, List<FoundValue>> _taken = [];
    private readonly Dictionary<NodeAddress, long> _bytesOfNodes = [];
    private readonly List<(Search Search, GetTask Task)> _tasks = [];
    private readonly List<ReadOnlyMemory<byte>> _local = [];
    private int _running;
    private long _bytes;

    public GetOperation(OwnerParts parts, in InfoHash key, ReadOnlyMemory<byte> where, Func<FoundValue, bool> found, Action<GetOutcome> done)
    {
        _parts = parts;
        _key = key;
        _where = where;
        _found = found;
        _done = done;
        Span<byte> query = stackalloc byte[64];
        var select = new byte[where.Length + query.Length];
        int length = QueryMapWriter.Select(select, [ValueField.Id], where.Span);
        SelectIds = select.AsSpan(0, length).ToArray();
    }

    /// <summary>The first question: which ids pass the filter.</summary>
    public byte[] SelectIds { get; }

    public bool IsEnded { get; private set; }

    public void Start()
    {
        if (IsEnded) return;
        _parts.Context.Store.Read(_key, _parts.Turn.Now.UnixMs, this);
        Take(_local, default);
        if (IsEnded) return;
        foreach (FamilyParts family in _parts.Families)
        {
            _tasks.Add((family.Searches.Get(_key), new GetTask(this)));
        }

        _running = _tasks.Count;
        foreach ((Search search, GetTask task) in _tasks.ToList()) search.Add(task);
        if (_running == 0) End();
    }

    /// <summary>Takes values that arrived, drops what was not asked for, is known or is forged.</summary>
    /// <param name="asked">The id that was asked for; null: any.</param>
    public void Take(IReadOnlyList<ReadOnlyMemory<byte>> values, NodeAddress from, ulong? asked = null)
    {
        foreach (ReadOnlyMemory<byte> packed in values)
        {
            if (IsEnded) return;
            var value = new FoundValue(packed, from);
            if (!IsWanted(packed.Span, out ulong id) || (asked ?? id) != id || !IsNewAndWithinBounds(id, value)) continue;
            _bytes += packed.Length + OverheadBytes;
            if (!_found(value) || _bytes > BytesMax) End();
        }
    }

    /// <summary>True when a node has sent all that one node may, so that nobody needs to ask it for more.</summary>
    public bool IsUsedUp(NodeAddress node) => _bytesOfNodes.GetValueOrDefault(node) >= BytesOfNodeMax;

    public void TaskEnded(GetTask task)
    {
        if (IsEnded) return;
        if (--_running <= 0) End();
    }

    public void Cancel() => _parts.Context.Inbox.Post(() =>
    {
        if (!IsEnded) End();
    });

    bool IValueVisitor.Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        _local.Add(packed.ToArray());
        return true;
    }

    private bool IsWanted(ReadOnlySpan<byte> packed, out ulong id)
    {
        id = 0;
        if (ValueReader.Read(packed, out ValueView value, out _) != DecodeStatus.Ok) return false;
        id = value.Id;
        if (QueryView.TryRead(_where.Span, out QueryView query) != DecodeStatus.Ok || !query.Matches(value)) return false;
        return _parts.IsGenuine(value);
    }

    /// <summary>False for what is known or too much. Only what is taken is remembered: what is dropped costs nothing and hides nobody's copy of it.</summary>
    private bool IsNewAndWithinBounds(ulong id, in FoundValue value)
    {
        List<FoundValue>? versions = _taken.GetValueOrDefault(id);
        int ofNode = 0;
        for (int i = 0; i < versions?.Count; i++)
        {
            if (versions[i].Packed.Span.SequenceEqual(value.Packed.Span))
            {
                // Whoever put it may want to know that a node has it.
                if (versions[i].From == default && value.From != default) _found(versions[i] = value);
                return false;
            }

            if (versions[i].From == value.From) ofNode++;
        }

        long bytes = _bytesOfNodes.GetValueOrDefault(value.From) + value.Packed.Length + OverheadBytes;
        if (ofNode >= VersionsOfNodeMax || bytes > BytesOfNodeMax)
        {
            _parts.Counters.Add(Counter.DropSurplusValue);
            if (bytes > BytesOfNodeMax) _bytesOfNodes[value.From] = BytesOfNodeMax;
            return false;
        }

        if (versions is null) _taken.Add(id, versions = []);
        versions.Add(value);
        _bytesOfNodes[value.From] = bytes;
        return true;
    }

    private void End()
    {
        if (IsEnded) return;
        IsEnded = true;
        foreach ((Search search, GetTask task) in _tasks) search.Remove(task);
        int answered = _tasks.Sum(t => t.Task.Answered);
        _done(new GetOutcome(answered, answered > 0));
    }
}
