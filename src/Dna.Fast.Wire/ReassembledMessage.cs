namespace Dna.Fast.Wire;

/// <summary>A message whose values came in fragments, whole again. Owns its memory. Any thread.</summary>
public sealed class ReassembledMessage
{
    internal ReassembledMessage(NodeAddress from, byte[] header, IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        From = from;
        Header = header;
        Values = values;
    }

    public NodeAddress From { get; }

    /// <summary>The header datagram: decode it again with <see cref="MessageReader"/> for everything but the values.</summary>
    public ReadOnlyMemory<byte> Header { get; }

    /// <summary>The packed values in the order of the list, inline ones included; oversized and empty ones are left out.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Values { get; }
}
