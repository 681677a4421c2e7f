using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Load;

/// <summary>What a transaction id from the network belongs to.</summary>
internal enum Match : byte
{
    Open,
    Late,
    Duplicate,
    Unknown,
}

/// <summary>A request that was sent and not yet answered.</summary>
internal struct Slot
{
    public Request Request;

    /// <summary>When it was to be sent, in nanoseconds of the clock; latency counts from here.</summary>
    public long IntendedNs;

    /// <summary>When it was sent; the timeout counts from here.</summary>
    public long SentNs;

    public uint Transaction;

    /// <summary>Bytes of a fragmented answer still to come; 0: no header yet.</summary>
    public int BytesLeft;

    /// <summary>Values in a fragmented answer.</summary>
    public int Values;

    public bool IsOpen;

    public bool IsMeasured;

    /// <summary>Transaction id of the request before, and whether that one timed out: tells late answers from duplicates.</summary>
    public uint PreviousTransaction;

    public bool PreviousTimedOut;
}

/// <summary>
/// The open requests of one socket, found by transaction id in one step. One thread; allocates nothing after construction.
/// </summary>
/// <remarks>
/// A transaction id is <c>1 generation(31 - n) slot(n)</c> in bits: always five bytes on the wire, so templates keep their length.
/// Generations start at random: stock nodes of 2.4 reassemble by transaction id alone, whoever sent it.
/// </remarks>
internal sealed class InFlightTable
{
    private const uint TopBit = 0x8000_0000;

    private readonly Slot[] _slots;
    private readonly uint[] _generations;
    private readonly int[] _free;
    private readonly int _bits;
    private int _freeHead;
    private int _freeCount;

    /// <param name="capacity">Requests open at once, 1 to 65,536.</param>
    public InFlightTable(int capacity, SplitMix random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 65_536);
        _bits = int.Log2(int.Max(1, capacity - 1)) + 1;
        _slots = new Slot[capacity];
        _generations = new uint[capacity];
        _free = new int[capacity];
        for (int i = 0; i < capacity; i++)
        {
            _generations[i] = (uint)random.Next();
            _free[i] = i;
        }

        _freeCount = capacity;
    }

    public int Capacity => _slots.Length;

    public int Used => _slots.Length - _freeCount;

    public bool HasRoom => _freeCount > 0;

    public ref Slot this[int index] => ref _slots[index];

    /// <summary>
    /// Takes a slot. The one that was free longest: late answers are told from new ones for as long as possible. Requires
    /// <see cref="HasRoom"/>.
    /// </summary>
    public ref Slot Open(in Request request, long intendedNs, long nowNs)
    {
        int index = _free[_freeHead];
        _freeHead = _freeHead + 1 == _free.Length ? 0 : _freeHead + 1;
        _freeCount--;
        ref Slot slot = ref _slots[index];
        slot.Request = request;
        slot.IntendedNs = intendedNs;
        slot.SentNs = nowNs;
        slot.Transaction = TopBit | ((++_generations[index] << _bits) & ~TopBit) | (uint)index;
        slot.BytesLeft = 0;
        slot.Values = 0;
        slot.IsOpen = true;
        return ref slot;
    }

    /// <summary>Finds the slot of a transaction id.</summary>
    /// <param name="index">Its place when the match is <see cref="Match.Open"/>.</param>
    public Match Find(uint transaction, out int index)
    {
        index = (int)(transaction & ((1u << _bits) - 1));
        if (index >= _slots.Length) return Match.Unknown;
        ref Slot slot = ref _slots[index];
        if (slot.IsOpen && slot.Transaction == transaction) return Match.Open;
        if (transaction == 0 || slot.PreviousTransaction != transaction) return Match.Unknown;
        return slot.PreviousTimedOut ? Match.Late : Match.Duplicate;
    }

    /// <summary>Gives an open slot back.</summary>
    public void Close(int index, bool timedOut)
    {
        ref Slot slot = ref _slots[index];
        slot.IsOpen = false;
        slot.PreviousTransaction = slot.Transaction;
        slot.PreviousTimedOut = timedOut;
        int tail = _freeHead + _freeCount;
        _free[tail >= _free.Length ? tail - _free.Length : tail] = index;
        _freeCount++;
    }
}
