using System.Runtime.InteropServices;

namespace Dna.Fast.Wire;

/// <summary>What the reassemblies of each source, and of all together, cost. One thread.</summary>
internal sealed class SourceBudgets(ReassemblyLimits limits)
{
    private readonly Dictionary<Source, Use> _uses = [];

    public int Open { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>True when the source itself may take this much more, whatever the others do.</summary>
    public bool SourceAllows(in NodeAddress from, int opens, long bytes)
    {
        _uses.TryGetValue(Source.Of(from), out Use use);
        return use.Open + opens <= limits.OpenPerSourceMax && use.Bytes + bytes <= limits.BytesPerSourceMax;
    }

    /// <summary>True when there is room for this much more in all.</summary>
    public bool AllAllow(int opens, long bytes) => Open + opens <= limits.OpenMax && Bytes + bytes <= limits.BytesMax;

    /// <summary>Takes, or with negative numbers gives back.</summary>
    public void Take(in NodeAddress from, int opens, long bytes)
    {
        Open += opens;
        Bytes += bytes;
        Source source = Source.Of(from);
        ref Use use = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, source, out _);
        use.Open += opens;
        use.Bytes += bytes;
        if (use.Open == 0) _uses.Remove(source);
    }

    public static bool SameSource(in NodeAddress one, in NodeAddress other) => Source.Of(one) == Source.Of(other);

    private readonly record struct Source(ulong Bits, IpFamily Family, ushort Port)
    {
        public static Source Of(in NodeAddress from) =>
            from.IsLoopback ? new(from.Low, from.Family, from.Port) : new(from.IsV4 ? from.Low : from.High, from.Family, 0);
    }

    private struct Use
    {
        public int Open;
        public long Bytes;
    }
}
