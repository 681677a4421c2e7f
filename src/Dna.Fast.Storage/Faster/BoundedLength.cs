// Unsafe: this is FASTER's own contract for values of variable length, by pointer into its pages. Lengths read from a page are clamped, so that a
// damaged length neither leads out of the page's slack nor asks for a huge read.
using System.Runtime.CompilerServices;
using FASTER.core;

namespace Dna.Fast.Storage.Faster;

/// <summary>Keys or values as FASTER lays them out: a 4-byte length and the bytes. A length that cannot be is read as the largest that can.</summary>
/// <param name="bytesMax">Largest payload, bytes.</param>
internal sealed class BoundedLength(int bytesMax) : IVariableLengthStruct<SpanByte>
{
    public int GetLength(ref SpanByte span) => sizeof(int) + Math.Min(span.Length, bytesMax);

    public int GetInitialLength() => sizeof(int);

    public unsafe void Serialize(ref SpanByte source, void* destination) => source.CopyTo((byte*)destination);

    public unsafe ref SpanByte AsRef(void* source) => ref Unsafe.AsRef<SpanByte>(source);

    public unsafe void Initialize(void* source, void* end) => *(int*)source = (int)((byte*)end - (byte*)source) - sizeof(int);
}
