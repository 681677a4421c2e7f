namespace Dna.Fast.Wire;

/// <summary>Bounds of reassembly.</summary>
/// <param name="OpenMax">Open reassemblies at once, of all sources.</param>
/// <param name="OpenPerSourceMax">Open reassemblies at once of one address (without port).</param>
/// <param name="BytesMax">Bytes promised by open headers plus early fragments held, of all sources.</param>
public sealed record ReassemblyLimits(int OpenMax = 1024, int OpenPerSourceMax = 64, long BytesMax = 16 << 20);

/// <summary>What became of a header or a fragment.</summary>
public enum ReassemblyStatus : byte
{
    /// <summary>Taken; more is to come.</summary>
    Waiting,

    /// <summary>The message is whole.</summary>
    Complete,

    /// <summary>Known already, overlapping or empty: ignored.</summary>
    Ignored,

    /// <summary>Refused by a limit; counted by the caller.</summary>
    Refused,
}

/// <summary>A message whose values came in fragments, whole again. Owns its memory.</summary>
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

    /// <summary>The packed values in the order of the list, inline ones included; oversized ones are left out.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Values { get; }
}

/// <summary>Puts fragmented messages together (section 1.6): keyed by source address and transaction, any order, early fragments kept within bounds.</summary>
/// <remarks>One thread. Time is an argument, in milliseconds of a monotonic clock.</remarks>
public sealed class Reassembler(ReassemblyLimits limits)
{
    /// <summary>No useful fragment for this long ends a reassembly.</summary>
    public const long SilenceMsMax = 3_000;

    /// <summary>No reassembly lives longer.</summary>
    public const long AgeMsMax = 10_000;

    /// <summary>Early bytes kept for one (address, transaction).</summary>
    public const int EarlyBytesMax = 122_912;

    /// <summary>Early fragments kept for one (address, transaction).</summary>
    public const int EarlyFragmentsMax = 98;

    public ReassemblyLimits Limits { get; } = limits;

    /// <summary>Reassemblies open, those of early fragments included.</summary>
    public int OpenCount => throw new NotImplementedException();

    /// <summary>Bytes held.</summary>
    public long BytesHeld => throw new NotImplementedException();

    /// <summary>Takes a header: a message with <see cref="Message.HasSizes"/>. <paramref name="datagram"/> is copied.</summary>
    public ReassemblyStatus Open(in NodeAddress from, in Message header, ReadOnlySpan<byte> datagram, long nowMs, out ReassembledMessage? message) =>
        throw new NotImplementedException();

    /// <summary>Takes a fragment datagram.</summary>
    public ReassemblyStatus Add(in NodeAddress from, in Message fragment, long nowMs, out ReassembledMessage? message) => throw new NotImplementedException();

    /// <summary>Drops what is too old. Call about once a second.</summary>
    /// <returns>How many were dropped unfinished.</returns>
    public int Expire(long nowMs) => throw new NotImplementedException();
}
