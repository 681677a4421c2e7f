using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage;
using Dna.Fast.Wire;

namespace Dna.Fast.Benchmarks;

/// <summary>Looks at every value it is shown and keeps only how long they are together.</summary>
internal sealed class ByteTotal : IValueVisitor, IKeyValueVisitor
{
    public long Bytes { get; private set; }

    public bool Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        Bytes += packed.Length;
        return true;
    }

    public bool Visit(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed) => Visit(slot, packed);
}
