using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Gathers the selected fields of the values that pass a query, within the bounds of one datagram. One thread; allocates nothing.</summary>
internal sealed class FieldsCollector : IValueVisitor
{
    /// <summary><c>{s: [1], w: []}</c>, the first step of every stock get without filters: the slot knows the ids, no value need be read.</summary>
    private static ReadOnlySpan<byte> IdsOfAll => [0x82, 0xA1, (byte)'s', 0x91, 0x01, 0xA1, (byte)'w', 0x90];

    private readonly byte[] _query = new byte[ServingLimits.QueryBytesMax];
    private readonly byte[] _rows = new byte[ServingLimits.FieldBytesMax];
    private int _queryBytes;
    private int _bytes;
    private int _rowsMax;
    private bool _idsAlone;

    /// <summary>The rows, back to back.</summary>
    public ReadOnlySpan<byte> Rows => _rows.AsSpan(0, _bytes);

    public int Count { get; private set; }

    /// <summary>Values the store read, whether they passed or not.</summary>
    public int Visited { get; private set; }

    /// <summary>True when a bound left values out.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Starts anew.</summary>
    /// <param name="raw">The raw query map of <paramref name="query"/>, at most <see cref="ServingLimits.QueryBytesMax"/> bytes.</param>
    public void Begin(ReadOnlySpan<byte> raw, in QueryView query)
    {
        raw.CopyTo(_query);
        _queryBytes = raw.Length;
        _bytes = Count = Visited = 0;
        IsCut = false;
        int fields = 0;
        for (ValueField field = ValueField.Id; field <= ValueField.UserType; field++) fields += query.Selects(field) ? 1 : 0;
        _rowsMax = fields == 0 ? 0 : ServingLimits.FieldElementsMax / fields;
        _idsAlone = raw.SequenceEqual(IdsOfAll);
    }

    /// <inheritdoc />
    public bool Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        Visited++;
        if (QueryView.TryRead(_query.AsSpan(0, _queryBytes), out QueryView query) != DecodeStatus.Ok) return false;
        ValueView value = default;

        if (_idsAlone)
        {
            value.Id = slot.ValueId;
        }
        else if (ValueReader.Read(packed, out value, out _) != DecodeStatus.Ok || !query.Matches(value))
        {
            return true;
        }

        int written = Count < _rowsMax ? FieldsWriter.WriteRow(_rows.AsSpan(_bytes), query, value) : 0;
        if (written == 0)
        {
            IsCut = true;
            return false;
        }

        _bytes += written;
        Count++;
        return true;
    }
}
