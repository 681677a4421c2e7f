using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

public sealed class FragmentTests
{
    private readonly ServingBench _bench = new();
    private readonly string _text = new('x', 20_000);

    [Fact]
    public void Put_in_fragments_is_stored_when_the_last_one_is_here()
    {
        List<byte[]> datagrams = _bench.BigPut(8, ServingBench.Text(5, _text));
        Assert.Equal(17, datagrams.Count);
        foreach (byte[] datagram in datagrams[..^1]) Assert.Empty(_bench.Send(datagram));
        ServingBench.AssertAcknowledged(5, _bench.Send(datagrams[^1]), t: 8);
        Assert.Equal([_text], _bench.Texts());
    }

    [Fact]
    public void Duplicates_and_a_repeated_header_do_no_harm()
    {
        List<byte[]> datagrams = _bench.BigPut(8, ServingBench.Text(5, _text));
        foreach (byte[] datagram in datagrams[..9].SelectMany(d => new[] { d, d })) Assert.Empty(_bench.Send(datagram));
        _bench.Move(1000);
        var sent = new List<byte[]>();
        foreach (byte[] datagram in datagrams) sent.AddRange(_bench.Send(datagram));
        ServingBench.AssertAcknowledged(5, sent, t: 8);
    }

    [Fact]
    public void Every_value_of_a_put_in_fragments_is_acknowledged()
    {
        List<byte[]> datagrams = _bench.BigPut(8, ServingBench.Text(5, _text), ServingBench.Text(6, "small"), ServingBench.Text(7, _text));
        var sent = new List<byte[]>();
        foreach (byte[] datagram in datagrams) sent.AddRange(_bench.Send(datagram));
        Assert.Equal([5ul, 6, 7], sent.Select(d => ServingBench.Read(d).ValueId));
    }

    [Fact]
    public void Set_with_a_gap_is_dropped_after_three_seconds_of_silence()
    {
        List<byte[]> datagrams = _bench.BigPut(8, ServingBench.Text(5, _text));
        foreach (byte[] datagram in datagrams.Where((_, i) => i != 4)) Assert.Empty(_bench.Send(datagram));
        long due = _bench.Receiver.Turn(_bench.Now, _bench.Sink);
        Assert.InRange(due, _bench.Now.Ms, _bench.Now.Ms + 1000);
        _bench.Move(3001);
        Assert.Empty(_bench.Turn());
        Assert.Equal(1, _bench.Counters[Counter.DropFragmentTimeout]);
        Assert.Equal(long.MaxValue, _bench.Receiver.Turn(_bench.Now, _bench.Sink));
        Assert.Empty(_bench.Send(datagrams[4]));
        Assert.Empty(_bench.Texts());
    }

    [Fact]
    public void Header_with_a_wrong_token_is_refused_before_anything_is_held()
    {
        byte[] header = _bench.BigPut(8, ServingBench.Text(5, _text))[0];
        ServingBench.AssertError(401, _bench.Send(header, ServingBench.Home.WithPort(4002)));
        Assert.Equal(long.MaxValue, _bench.Receiver.Turn(_bench.Now, _bench.Sink));
    }

    [Fact]
    public void Fragments_of_a_known_header_are_not_charged_and_those_of_none_are()
    {
        using var bench = new ServingBench(limits: new RateLimits(0, 5));
        var sent = new List<byte[]>();
        List<byte[]> datagrams = bench.BigPut(8, ServingBench.Text(5, _text));
        foreach (byte[] datagram in datagrams) sent.AddRange(bench.Send(datagram));
        ServingBench.AssertAcknowledged(5, sent, t: 8);
        Assert.Single(bench.Ping());

        for (uint t = 100; t < 103; t++) bench.Send(to => FragmentWriter.Write(to, ServingBench.Stranger, t, 0, 0, new byte[10]));
        Assert.Empty(bench.Ping());
    }

    [Fact]
    public void Value_over_the_packed_limit_gets_no_answer_and_65535_bytes_of_data_are_stored()
    {
        byte[] largest = ServingBench.Pack(new ValueView { Id = 1, Data = new byte[65_535] });
        var sent = new List<byte[]>();
        foreach (byte[] datagram in _bench.BigPut(1, largest)) sent.AddRange(_bench.Send(datagram));
        ServingBench.AssertAcknowledged(1, sent, t: 1);
        Assert.Single(_bench.Values(_bench.Get()));

        // Nine bytes of id make the packed value larger than 65,568.
        byte[] larger = ServingBench.Pack(new ValueView { Id = ulong.MaxValue, Data = new byte[65_536] });
        sent.Clear();
        foreach (byte[] datagram in _bench.BigPut(2, larger)) sent.AddRange(_bench.Send(datagram));
        Assert.Empty(sent);
        Assert.Single(_bench.Values(_bench.Get()));
    }

    [Fact]
    public void Reply_in_fragments_goes_to_the_owner_whole()
    {
        byte[] value = ServingBench.Text(5, _text);
        var list = new byte[16];
        int listed = ValueListWriter.Sizes(list, [value.Length]);
        _bench.Context.Expected.Add(ServingBench.Home, 9);
        _bench.Send(to => ReplyWriter.Found(to, ServingBench.Stranger, 9, ServingBench.Home, [], [], new byte[32], list.AsSpan(0, listed), []));
        for (int offset = 0; offset < value.Length; offset += WireLimits.FragmentBytes)
        {
            Assert.Empty(_bench.Inbox.Whole);
            int at = offset;
            _bench.Send(to => FragmentWriter.Write(to, ServingBench.Stranger, 9, 0, at, value.AsSpan(at, Math.Min(WireLimits.FragmentBytes, value.Length - at))));
        }

        Assert.Equal(value, Assert.Single(Assert.Single(_bench.Inbox.Whole).Values).ToArray());
    }

    [Fact]
    public void Draining_node_finishes_a_put_whose_header_it_took()
    {
        List<byte[]> datagrams = _bench.BigPut(8, ServingBench.Text(5, _text));
        _bench.Send(datagrams[0]);
        _bench.Receiver.IsDraining = true;
        var sent = new List<byte[]>();
        foreach (byte[] datagram in datagrams.Skip(1)) sent.AddRange(_bench.Send(datagram));
        ServingBench.AssertAcknowledged(5, sent, t: 8);
    }
}
