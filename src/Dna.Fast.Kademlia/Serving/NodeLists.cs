using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Serving;

/// <summary>The compact lists <c>n4</c> and <c>n6</c> of a reply (section 2.1). An empty list is not sent.</summary>
internal readonly ref struct NodeLists
{
    /// <summary>Room both lists need at most.</summary>
    public const int BytesMax = WireLimits.NodesMax * (WireLimits.Node4Bytes + WireLimits.Node6Bytes);

    private NodeLists(ReadOnlySpan<byte> v4, ReadOnlySpan<byte> v6)
    {
        V4 = v4;
        V6 = v6;
    }

    public readonly ReadOnlySpan<byte> V4;

    public readonly ReadOnlySpan<byte> V6;

    /// <summary>Writes the lists a query wants; one that does not say gets the list of the family it came over.</summary>
    /// <param name="room">At least <see cref="BytesMax"/> bytes; the lists point into it.</param>
    public static NodeLists Write(NodeContext context, in InfoHash target, Want want, in Arrival at, Span<byte> room)
    {
        if ((want & Want.Unsaid) != 0) want = at.From.Remote.IsV4 ? Want.V4 : Want.V6;
        const int V4Bytes = WireLimits.NodesMax * WireLimits.Node4Bytes;
        Span<byte> v4 = room[..V4Bytes], v6 = room[V4Bytes..BytesMax];
        v4 = v4[..((want & Want.V4) != 0 ? context.Table4.WriteClosest(target, at.Now.Ms, v4) : 0)];
        v6 = v6[..((want & Want.V6) != 0 ? context.Table6.WriteClosest(target, at.Now.Ms, v6) : 0)];
        // Where they mean nothing, or something else, they would be contacted in vain or by mistake. Loopback means our own machine to whoever asks (section 2.1).
        if (context.Gate.Private != PrivateAddresses.Allow && PublicAddress.Is(at.From.Remote))
        {
            v4 = v4[..KeepPublic(v4, WireLimits.Node4Bytes)];
            v6 = v6[..KeepPublic(v6, WireLimits.Node6Bytes)];
        }

        return new NodeLists(v4, v6);
    }

    private static int KeepPublic(Span<byte> list, int entryBytes)
    {
        int kept = 0;
        for (int at = 0; at < list.Length; at += entryBytes)
        {
            Span<byte> entry = list.Slice(at, entryBytes);
            NodeAddress address = NodeAddress.From(entry[InfoHash.Bytes..^sizeof(ushort)], 1);
            if (!PublicAddress.Is(address) && !address.IsLoopback) continue;
            if (kept != at) entry.CopyTo(list[kept..]);
            kept += entryBytes;
        }

        return kept;
    }
}
