using Dna.Fast.Kademlia.Store;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>Values copied out of the store for pushing. Owner thread only; used again for each key.</summary>
internal sealed class PushList : IValueVisitor
{
    private readonly List<(SlotInfo Slot, int Start, int Length)> _values = [];
    private byte[] _bytes = new byte[4096];
    private int _used;

    public int Count => _values.Count;

    public SlotInfo Slot(int index) => _values[index].Slot;

    public ReadOnlySpan<byte> Packed(int index) => _bytes.AsSpan(_values[index].Start, _values[index].Length);

    /// <summary>Stops taking values once this many bytes are in it.</summary>
    public int BytesMax { get; set; } = int.MaxValue;

    public void Clear()
    {
        _values.Clear();
        _used = 0;
        // A key with big values must not leave its size behind for ever.
        if (_bytes.Length > 1 << 20) _bytes = new byte[4096];
    }

    public bool Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        if (_used > 0 && _used + packed.Length > BytesMax) return false;
        if (_bytes.Length - _used < packed.Length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _used + packed.Length));
        packed.CopyTo(_bytes.AsSpan(_used));
        _values.Add((slot, _used, packed.Length));
        _used += packed.Length;
        return true;
    }
}
