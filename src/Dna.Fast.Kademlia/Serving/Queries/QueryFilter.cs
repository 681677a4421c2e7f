using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving.Queries;

/// <summary>Applies the filters of a raw query map to packed values.</summary>
internal static class QueryFilter
{
    /// <summary>Reads the query of a get or a listen, within our bound of its size.</summary>
    public static bool TryRead(ReadOnlySpan<byte> raw, out QueryView query)
    {
        query = default;
        return raw.Length <= ServingLimits.QueryBytesMax && QueryView.TryRead(raw, out query) == DecodeStatus.Ok;
    }

    /// <summary>True when the value passes every filter; an empty query lets all pass.</summary>
    public static bool Matches(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> packed)
    {
        if (raw.IsEmpty) return true;
        return QueryView.TryRead(raw, out QueryView query) == DecodeStatus.Ok
            && ValueReader.Read(packed, out ValueView value, out _) == DecodeStatus.Ok
            && query.Matches(value);
    }
}
