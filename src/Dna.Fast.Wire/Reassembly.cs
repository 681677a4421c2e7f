namespace Dna.Fast.Wire;

/// <summary>Whose message it is: the source address with its port, and the transaction (section 1.6).</summary>
internal readonly record struct ReassemblyKey(NodeAddress From, uint Transaction);

/// <summary>One fragmented message on its way: early fragments alone, or a header and the values it promises. One thread.</summary>
internal sealed class Reassembly(ReassemblyKey key, long nowMs)
{
    /// <summary>
    /// What one entry of the list, one early fragment or a set as such costs besides its bytes, in bytes: slot, range list, array headers.
    /// </summary>
    public const int OverheadBytes = 256;

    private readonly List<(int Index, int Offset, byte[] Data)> _early = [];
    private byte[]? _header;
    private Slot[] _slots = [];
    private int _unfinished;

    public ReassemblyKey Key { get; } = key;

    /// <summary>When the first datagram of it came, in milliseconds.</summary>
    public long CreatedMs { get; } = nowMs;

    /// <summary>When the last useful datagram came, in milliseconds.</summary>
    public long UsefulMs { get; set; } = nowMs;

    /// <summary>Bytes charged to its source.</summary>
    public long Charge { get; set; } = OverheadBytes;

    /// <summary>True until the header comes.</summary>
    public bool IsEarly => _header is null;

    /// <summary>Its place in the queue of early sets.</summary>
    public LinkedListNode<Reassembly>? EarlyNode { get; set; }

    public int EarlyFragments => _early.Count;

    public int EarlyBytes { get; private set; }

    public bool IsComplete => !IsEarly && _unfinished == 0;

    /// <summary>What a header would cost, in bytes.</summary>
    public static long ChargeOf(in Message header, int headerBytes)
    {
        long charge = OverheadBytes + headerBytes + (long)header.ValueCount * OverheadBytes;
        var values = new ValueEnumerator(header.Values, header.ValueCount);
        while (values.MoveNext())
        {
            if (values.IsSize && IsPossible(values.Size)) charge += values.Size;
        }

        return charge;
    }

    /// <summary>Keeps a fragment until the header comes.</summary>
    /// <returns>False when it is there already.</returns>
    public bool AddEarly(int index, int offset, ReadOnlySpan<byte> data)
    {
        foreach ((int Index, int Offset, byte[] Data) known in _early)
        {
            if (known.Index == index && known.Offset == offset) return false;
        }

        _early.Add((index, offset, data.ToArray()));
        EarlyBytes += data.Length;
        Charge += OverheadBytes + data.Length;
        return true;
    }

    /// <summary>Takes the header, and then the early fragments.</summary>
    public void Begin(in Message header, ReadOnlySpan<byte> datagram)
    {
        _header = datagram.ToArray();
        _slots = new Slot[header.ValueCount];
        var values = new ValueEnumerator(header.Values, header.ValueCount);
        for (int i = 0; values.MoveNext(); i++)
        {
            if (!values.IsSize)
            {
                if (!datagram.Overlaps(values.Packed, out int start)) throw new ArgumentException("the message is no view of the datagram");
                _slots[i].Whole = _header.AsMemory(start, values.Packed.Length);
            }
            else if (IsPossible(values.Size))
            {
                _slots[i].Size = (int)values.Size;
                _unfinished++;
            }
        }

        foreach ((int index, int offset, byte[] data) in _early) Add(index, offset, data);
        _early.Clear();
        EarlyBytes = 0;
    }

    /// <summary>Takes a fragment.</summary>
    public ReassemblyStatus Add(int index, int offset, ReadOnlySpan<byte> data)
    {
        if (index >= _slots.Length || data.IsEmpty) return ReassemblyStatus.Ignored;
        ref Slot slot = ref _slots[index];
        if (slot.Size == 0 || !slot.Whole.IsEmpty || offset > slot.Size - data.Length) return ReassemblyStatus.Ignored;
        slot.Ranges ??= new RangeSet();
        ReassemblyStatus status = slot.Ranges.Add(offset, offset + data.Length);
        if (status != ReassemblyStatus.Waiting) return status;

        // Memory is taken when bytes come, not when they are promised. Every byte is written before the value is shown, so none needs
        // clearing.
        slot.Bytes ??= GC.AllocateUninitializedArray<byte>(slot.Size);
        data.CopyTo(slot.Bytes.AsSpan(offset));
        if (slot.Ranges.Covered == slot.Size)
        {
            slot.Whole = slot.Bytes;
            slot.Ranges = null;
            _unfinished--;
        }

        return ReassemblyStatus.Waiting;
    }

    public ReassembledMessage ToMessage()
    {
        var values = new List<ReadOnlyMemory<byte>>(_slots.Length);
        foreach (Slot slot in _slots)
        {
            if (!slot.Whole.IsEmpty) values.Add(slot.Whole);
        }

        return new ReassembledMessage(Key.From, _header!, values);
    }

    /// <summary>True for a size a value can have; other elements are skipped, as stock does.</summary>
    private static bool IsPossible(long size) => size is > 0 and <= WireLimits.ValueBytesMax;

    /// <summary>One element of the list.</summary>
    private struct Slot
    {
        /// <summary>Promised bytes; 0 for inline and for skipped elements.</summary>
        public int Size;
        public byte[]? Bytes;
        public RangeSet? Ranges;

        /// <summary>Not empty once the value is whole.</summary>
        public ReadOnlyMemory<byte> Whole;
    }
}
