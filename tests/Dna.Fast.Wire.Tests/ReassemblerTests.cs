using System.Net;

namespace Dna.Fast.Wire.Tests;

public sealed class ReassemblerTests
{
    private static readonly NodeAddress Peer = NodeAddress.V4(0xC0000201, 4000);
    private readonly Reassembler _reassembler =
        new(new ReassemblyLimits(OpenMax: 8, OpenPerSourceMax: 4, BytesMax: 200_000, BytesPerSourceMax: 150_000));

    [Fact]
    public void Fragments_in_order_fill_a_value()
    {
        Assert.Equal(ReassemblyStatus.Waiting, Open(1, 10));
        Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, 0, [0, 1, 2, 3]));
        Assert.Equal(ReassemblyStatus.Complete, Add(1, 0, 4, [4, 5, 6, 7, 8, 9], out ReassembledMessage? message));
        Assert.Equal(new byte[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, Assert.Single(message!.Values).ToArray());
        Assert.Equal(Peer, message.From);
        Assert.Equal(Header(1, 10), message.Header.ToArray());
        AssertEmpty();
    }

    [Fact]
    public void Overlapping_empty_and_foreign_pieces_are_ignored()
    {
        Open(1, 10);
        Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, 2, [2, 3, 4]));
        Assert.Equal(ReassemblyStatus.Ignored, Add(1, 0, 2, [2, 3, 4]));
        Assert.Equal(ReassemblyStatus.Ignored, Add(1, 0, 4, [9, 9]));
        Assert.Equal(ReassemblyStatus.Ignored, Add(1, 0, 0, [9, 9, 9]));
        Assert.Equal(ReassemblyStatus.Ignored, Add(1, 0, 0, new byte[10]));
        Assert.Equal(ReassemblyStatus.Ignored, Add(1, 0, 3, [9]));
        Assert.Equal(ReassemblyStatus.Ignored, Add(1, 0, 6, []));
        Assert.Equal(ReassemblyStatus.Ignored, Add(1, 0, 9, [9, 9]));
        Assert.Equal(ReassemblyStatus.Ignored, Add(1, 0, 60_000, [9]));
        Assert.Equal(ReassemblyStatus.Ignored, Add(1, 1, 0, [9]));
        Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, 0, [0, 1]));
        Assert.Equal(ReassemblyStatus.Complete, Add(1, 0, 5, [5, 6, 7, 8, 9], out ReassembledMessage? message));
        Assert.Equal(new byte[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, message!.Values[0].ToArray());
    }

    [Fact]
    public void A_repeated_header_is_ignored_while_one_is_open_and_the_largest_value_fits()
    {
        Assert.Equal(ReassemblyStatus.Waiting, Open(2, WireLimits.ValueBytesMax));
        Assert.Equal(ReassemblyStatus.Waiting, Open(1, 10));
        Add(1, 0, 0, new byte[4]);
        Assert.Equal(ReassemblyStatus.Ignored, Open(1, 10));
        Assert.Equal(ReassemblyStatus.Complete, Add(1, 0, 4, new byte[6]));
    }

    [Fact]
    public void The_key_is_address_port_and_transaction()
    {
        Open(1, 2);
        Open(2, 2);
        Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, 0, [1, 1], out _, Peer.WithPort(4001)));
        Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, 0, [1, 1], out _, NodeAddress.V4(0xC0000202, 4000)));
        Assert.Equal(ReassemblyStatus.Complete, Add(2, 0, 0, [2, 2], out ReassembledMessage? message));
        Assert.Equal(new byte[] { 2, 2 }, message!.Values[0].ToArray());
        Assert.Equal(3, _reassembler.OpenCount);
    }

    [Fact]
    public void Inline_values_keep_their_place_among_sizes()
    {
        byte[] inline = Mp.Map(("id", Mp.UInt(1)));
        byte[] header = Put(3, Mp.UInt(2), inline, Mp.UInt(100_000), Mp.UInt(0), Mp.UInt(1));
        Assert.Equal(ReassemblyStatus.Waiting, Open(header));
        Assert.Equal(ReassemblyStatus.Ignored, Add(3, 1, 0, [9]));
        Assert.Equal(ReassemblyStatus.Ignored, Add(3, 2, 0, [9]));
        Assert.Equal(ReassemblyStatus.Ignored, Add(3, 3, 0, [9]));
        Assert.Equal(ReassemblyStatus.Waiting, Add(3, 4, 0, [7]));
        Assert.Equal(ReassemblyStatus.Complete, Add(3, 0, 0, [5, 6], out ReassembledMessage? message));
        Assert.Equal([[5, 6], inline, [7]], message!.Values.Select(value => value.ToArray()));
    }

    [Fact]
    public void A_list_of_impossible_sizes_is_complete_at_once_without_them()
    {
        Assert.Equal(ReassemblyStatus.Complete, Open(Put(3, Mp.UInt(65_569), Mp.UInt(ulong.MaxValue)), out ReassembledMessage? message));
        Assert.Empty(message!.Values);
        AssertEmpty();
    }

    [Fact]
    public void Several_pieces_in_one_datagram_all_count()
    {
        Open(1, 4);
        byte[] Piece(int offset) => Mp.Map(("o", Mp.UInt((ulong)offset)), ("d", Mp.Bin([1, 1])));
        byte[] datagram = Mp.Map(("t", Mp.UInt(1)), ("y", Mp.Str("p")), ("p", Mp.Map((0, Piece(0)), ("x", Mp.UInt(1)), (0, Piece(2)))));
        MessageReader.Read(datagram, out Message message);
        Assert.Equal(ReassemblyStatus.Complete, _reassembler.Add(Peer, message, 0, out _));
    }

    [Fact]
    public void Early_fragments_wait_for_their_header()
    {
        Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, 4, new byte[6]));
        Assert.Equal(ReassemblyStatus.Ignored, Add(1, 0, 4, new byte[6]));
        Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, 0, new byte[4]));
        Assert.Equal(1, _reassembler.OpenCount);
        Assert.Equal(ReassemblyStatus.Complete, Open(Put(1, Mp.UInt(10)), out ReassembledMessage? message));
        Assert.Equal(10, message!.Values[0].Length);
        AssertEmpty();
    }

    [Fact]
    public void Too_many_early_fragments_drop_their_set()
    {
        var reassembler = new Reassembler(new ReassemblyLimits());
        for (int i = 0; i < Reassembler.EarlyFragmentsMax; i++) Assert.Equal(ReassemblyStatus.Waiting, Add(reassembler, 1, 0, 2 * i, [1]));
        Assert.Equal(ReassemblyStatus.Refused, Add(reassembler, 1, 0, 5000, [1]));
        Assert.Equal((0, 0L), (reassembler.OpenCount, reassembler.BytesHeld));
        Assert.Equal(1, reassembler.Expire(0));
    }

    [Fact]
    public void Too_many_early_bytes_drop_their_set()
    {
        var reassembler = new Reassembler(new ReassemblyLimits());
        Assert.Equal(ReassemblyStatus.Waiting, Add(reassembler, 1, 0, 0, new byte[60_000]));
        Assert.Equal(ReassemblyStatus.Waiting, Add(reassembler, 1, 1, 0, new byte[60_000]));
        Assert.Equal(ReassemblyStatus.Refused, Add(reassembler, 1, 2, 0, new byte[2_913]));
        Assert.Equal(0, reassembler.OpenCount);
    }

    [Fact]
    public void Silence_of_3_s_ends_it_and_useless_fragments_are_silence()
    {
        Open(1, 10, 0);
        Add(1, 0, 0, [1], nowMs: 2_000);
        Add(1, 0, 0, [1], nowMs: 4_000);
        Assert.Equal(0, _reassembler.Expire(4_999));
        Assert.Equal(1, _reassembler.Expire(5_000));
        AssertEmpty();
    }

    [Fact]
    public void It_ends_after_10_s_whatever_comes()
    {
        Open(1, 100, 0);
        for (int second = 1; second < 10; second++) Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, second, [1], nowMs: 1_000 * second));
        Assert.Equal(0, _reassembler.Expire(9_999));
        Assert.Equal(1, _reassembler.Expire(10_000));
    }

    [Fact]
    public void What_is_too_old_is_not_used_even_before_it_is_collected()
    {
        Open(1, 2, 0);
        Add(1, 0, 0, [1], nowMs: 0);
        Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, 1, [1], nowMs: 3_000));
        Assert.Equal(ReassemblyStatus.Waiting, Open(1, 2, 3_001));
        Assert.Equal(ReassemblyStatus.Complete, Add(1, 0, 0, [1], nowMs: 3_002));
        Assert.Equal(1, _reassembler.Expire(3_002));
    }

    [Fact]
    public void A_source_opens_no_more_than_its_share_whatever_its_port()
    {
        for (uint t = 1; t <= 4; t++) Assert.Equal(ReassemblyStatus.Waiting, Open(Put(t, Mp.UInt(10)), out _, Peer.WithPort((ushort)t)));
        Assert.Equal(ReassemblyStatus.Refused, Open(5, 10));
        Assert.Equal(ReassemblyStatus.Refused, Add(6, 0, 0, [1]));
        Assert.Equal(ReassemblyStatus.Waiting, Open(Put(5, Mp.UInt(10)), out _, NodeAddress.V4(0xC0000202, 4000)));
    }

    [Fact]
    public void An_IPv6_network_of_64_bits_is_one_source()
    {
        for (byte host = 1; host <= 4; host++) Assert.Equal(ReassemblyStatus.Waiting, Open(Put(1, Mp.UInt(10)), out _, V6(0, host)));
        Assert.Equal(ReassemblyStatus.Refused, Open(Put(1, Mp.UInt(10)), out _, V6(0, 5)));
        Assert.Equal(ReassemblyStatus.Waiting, Open(Put(1, Mp.UInt(10)), out _, V6(1, 5)));
    }

    [Fact]
    public void On_loopback_each_port_is_a_source()
    {
        for (ushort port = 1; port <= 8; port++)
        {
            Assert.Equal(ReassemblyStatus.Waiting, Open(Put(1, Mp.UInt(10)), out _, NodeAddress.V4(0x7F000001, port)));
        }
    }

    [Fact]
    public void Promised_bytes_are_bounded_for_a_source_and_for_all()
    {
        Assert.Equal(ReassemblyStatus.Waiting, Open(Put(1, Mp.UInt(65_000), Mp.UInt(65_000))));
        Assert.Equal(ReassemblyStatus.Refused, Open(2, 65_000));
        NodeAddress second = NodeAddress.V4(0xC0000202, 4000), third = NodeAddress.V4(0xC0000203, 4000);
        Assert.Equal(ReassemblyStatus.Waiting, Open(Put(1, Mp.UInt(65_000)), out _, second));
        Assert.Equal(ReassemblyStatus.Refused, Open(Put(1, Mp.UInt(65_000)), out _, third));
        Assert.Equal(ReassemblyStatus.Waiting, Open(Put(1, Mp.UInt(1_000)), out _, third));
        Assert.True(_reassembler.BytesHeld <= 200_000);
    }

    [Fact]
    public void A_header_of_very_many_tiny_values_pays_for_its_bookkeeping()
    {
        byte[] header = Put(1, [.. Enumerable.Repeat(Mp.UInt(1), 2_000)]);
        Assert.Equal(ReassemblyStatus.Refused, Open(header));
        AssertEmpty();
    }

    [Fact]
    public void Early_sets_give_way_to_a_header_the_oldest_first()
    {
        for (uint source = 1; source <= 8; source++)
        {
            Assert.Equal(ReassemblyStatus.Waiting, Add(9, 0, 0, [1], out _, NodeAddress.V4(0xC0000200 + source, 1)));
        }

        Assert.Equal(ReassemblyStatus.Refused, Add(9, 0, 0, [1], out _, NodeAddress.V4(0xC0000210, 1)));
        Assert.Equal(ReassemblyStatus.Waiting, Open(Put(1, Mp.UInt(10)), out _, NodeAddress.V4(0xC0000211, 1)));
        Assert.Equal(8, _reassembler.OpenCount);
        Assert.Equal(1, _reassembler.Expire(0));
        Assert.Equal(ReassemblyStatus.Complete, Open(Put(9, Mp.UInt(1)), out _, NodeAddress.V4(0xC0000208, 1)));
        Assert.Equal(ReassemblyStatus.Waiting, Open(Put(9, Mp.UInt(1)), out _, NodeAddress.V4(0xC0000201, 1)));
    }

    [Fact]
    public void A_source_over_its_share_pushes_out_only_its_own_early_sets()
    {
        NodeAddress other = NodeAddress.V4(0xC0000202, 4000);
        Add(9, 0, 0, [1], out _, other);
        for (uint t = 1; t <= 4; t++) Add(t, 0, 1, [1]);
        Assert.Equal(ReassemblyStatus.Waiting, Open(5, 10));
        Assert.Equal(5, _reassembler.OpenCount);
        Assert.Equal(ReassemblyStatus.Complete, Open(Put(9, Mp.UInt(1)), out _, other));
    }

    [Fact]
    public void A_value_in_too_many_pieces_is_refused_a_new_piece()
    {
        Open(1, 1_000);
        for (int i = 0; i < 64; i++) Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, 4 * i, [1]));
        Assert.Equal(ReassemblyStatus.Refused, Add(1, 0, 900, [1]));
        Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, 1, [1, 1, 1]));
        Assert.Equal(ReassemblyStatus.Waiting, Add(1, 0, 900, [1]));
    }

    [Fact]
    public void The_datagram_is_copied()
    {
        byte[] header = Put(1, Mp.UInt(1), Mp.Map(("id", Mp.UInt(9))));
        Open(header);
        byte[] before = [.. header];
        header.AsSpan().Clear();
        Add(1, 0, 0, [1], out ReassembledMessage? message);
        Assert.Equal(before, message!.Header.ToArray());
        Assert.Equal(Mp.Map(("id", Mp.UInt(9))), message.Values[1].ToArray());
    }

    [Fact]
    public void A_message_that_is_no_view_of_the_datagram_is_a_programmers_error() => Assert.Throws<ArgumentException>(() =>
    {
        MessageReader.Read(Put(1, Mp.UInt(1), Mp.Map()), out Message message);
        _reassembler.Open(Peer, message, new byte[100], 0, out _);
    });

    internal static byte[] Put(uint t, params byte[][] values) => Mp.Map(
        ("a", Mp.Map(("id", Mp.Bin(InfoHash.Of([1]))), ("values", Mp.Array(values)))), ("q", Mp.Str("put")), ("t", Mp.UInt(t)));

    private static byte[] Header(uint t, int size) => Put(t, Mp.UInt((ulong)size));

    private static NodeAddress V6(byte network, byte host) => NodeAddress.From(IPEndPoint.Parse($"[2001:db8:0:{network}::{host}]:4000"));

    private ReassemblyStatus Open(uint t, int size, long nowMs = 0) => Open(Header(t, size), out _, Peer, nowMs);

    private ReassemblyStatus Open(byte[] header) => Open(header, out _);
    private ReassemblyStatus Open(byte[] header, out ReassembledMessage? whole, NodeAddress? from = null, long nowMs = 0)
    {
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(header, out Message message));
        return _reassembler.Open(from ?? Peer, message, header, nowMs, out whole);
    }

    private ReassemblyStatus Add(uint t, int index, int offset, byte[] data, long nowMs = 0) =>
        Add(_reassembler, t, index, offset, data, out _, Peer, nowMs);

    private ReassemblyStatus Add(uint t, int index, int offset, byte[] data, out ReassembledMessage? whole, NodeAddress? from = null) =>
        Add(_reassembler, t, index, offset, data, out whole, from ?? Peer, 0);

    private static ReassemblyStatus Add(Reassembler reassembler, uint t, int index, int offset, byte[] data) =>
        Add(reassembler, t, index, offset, data, out _, Peer, 0);

    private static ReassemblyStatus Add(
        Reassembler reassembler, uint t, int index, int offset, byte[] data, out ReassembledMessage? whole, NodeAddress from, long nowMs)
    {
        byte[] room = new byte[data.Length + 64];
        int length = FragmentWriter.Write(room, default, t, index, offset, data);
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(room.AsSpan(0, length), out Message message));
        return reassembler.Add(from, message, nowMs, out whole);
    }

    private void AssertEmpty()
    {
        Assert.Equal(0, _reassembler.OpenCount);
        Assert.Equal(0, _reassembler.BytesHeld);
    }
}
