using Dna.Fast.Kademlia.Asking;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Asking;

/// <summary>Which values a get hands over of what nodes sent.</summary>
public sealed class GetOperationTests : IDisposable
{
    private readonly NodeBench _bench = new();
    private readonly List<FoundValue> _found = [];
    private readonly GetOperation _get;

    public GetOperationTests() => _get = new GetOperation(_bench.Node.OwnerParts, InfoHash.OfKey("key"), default, Take, _ => { });

    [Fact]
    public void A_node_with_many_values_of_one_id_hides_nobody_elses()
    {
        _get.Take([.. Enumerable.Range(0, 1_000).Select(i => Value(1, $"junk {i}"))], Address(1));
        Assert.Equal(2, _found.Count);
        _get.Take([Value(1, "genuine")], Address(2));
        Assert.Equal(3, _found.Count);
        Assert.Equal(998, _bench.Node.Count(Counter.DropSurplusValue));
    }

    [Fact]
    public void The_same_value_of_several_nodes_comes_once()
    {
        for (uint node = 1; node <= 8; node++) _get.Take([Value(1, "genuine")], Address(node));
        Assert.Single(_found);
        Assert.Equal(0, _bench.Node.Count(Counter.DropSurplusValue));
    }

    [Fact]
    public void A_node_that_never_ends_does_not_end_the_get()
    {
        // 65,000 bytes each: a quarter of what a get takes is reached after 1,032 of them.
        for (int i = 0; i < 5_000; i++) _get.Take([Value((ulong)i + 1, new string('x', 65_000))], Address(1));
        Assert.False(_get.IsEnded);
        Assert.InRange(_found.Count, 1_000, 1_100);
        Assert.True(_get.IsUsedUp(Address(1)));
        Assert.False(_get.IsUsedUp(Address(2)));
        _get.Take([Value(9_999, "genuine")], Address(2));
        Assert.Equal(Address(2), _found[^1].From);
    }

    [Fact]
    public void What_was_dropped_of_one_node_is_taken_from_another()
    {
        for (int i = 0; i < 1_100; i++) _get.Take([Value((ulong)i + 1, new string('x', 65_000))], Address(1));
        int taken = _found.Count;
        _get.Take([Value(9_999, "genuine")], Address(1));
        Assert.Equal(taken, _found.Count);
        _get.Take([Value(9_999, "genuine")], Address(2));
        Assert.Equal(taken + 1, _found.Count);
    }

    public void Dispose() => _bench.Dispose();

    private static NodeAddress Address(uint number) => NodeAddress.V4(0x7F000000 + number, 4000);

    private static ReadOnlyMemory<byte> Value(ulong id, string text)
    {
        Assert.Equal(DecodeStatus.Ok, new ValueBuilder { Id = id, Data = System.Text.Encoding.UTF8.GetBytes(text) }.Pack(out byte[] packed));
        return packed;
    }

    private bool Take(FoundValue value)
    {
        _found.Add(value);
        return true;
    }
}
