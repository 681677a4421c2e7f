using System.Net;
using CsCheck;

namespace Dna.Fast.Wire.Tests;

public sealed class WriterTests
{
    private static readonly InfoHash Id = InfoHash.Of("self"u8), Key = InfoHash.Of("key"u8);
    private static readonly NodeAddress Peer = NodeAddress.From(IPAddress.Parse("2001:db8::7").GetAddressBytes(), 4000);
    private static readonly byte[] Token = [1, 2, 3, 4], Values = Mp.Array(Mp.UInt(700)), Nodes = new byte[26];
    private static readonly byte[] Query = Mp.Map(("s", Mp.Array()), ("w", Mp.Array()));

    private static readonly Gen<Sender> Self = Gen.Select(Gen.UInt, Gen.Bool).Select((network, client) => new Sender(Id, network, client));

    /// <summary>Every message of ours, and the kind it must read as.</summary>
    private static readonly (MessageKind Kind, Write Write)[] Writers =
    [
        (MessageKind.Ping, (to, self, t) => QueryWriter.Ping(to, self, t)),
        (MessageKind.Find, (to, self, t) => QueryWriter.Find(to, self, t, Key, Want.V4 | Want.V6)),
        (MessageKind.Get, (to, self, t) => QueryWriter.Get(to, self, t, Key, Query, Want.V6)),
        (MessageKind.Put, (to, self, t) => QueryWriter.Put(to, self, t, Key, Values, 1_800_000_000, Token)),
        (MessageKind.Put, (to, self, t) => QueryWriter.Put(to, self, t, Key, Values, -1, Token)),
        (MessageKind.Refresh, (to, self, t) => QueryWriter.Refresh(to, self, t, Key, ulong.MaxValue, Token)),
        (MessageKind.Listen, (to, self, t) => QueryWriter.Listen(to, self, t, Key, Token, 77, Query)),
        (MessageKind.Update, (to, self, t) => QueryWriter.UpdateValues(to, self, t, Key, 77, Values, Token)),
        (MessageKind.Update, (to, self, t) => QueryWriter.UpdateRefreshed(to, self, t, 77, [1, ulong.MaxValue], Token)),
        (MessageKind.Update, (to, self, t) => QueryWriter.UpdateExpired(to, self, t, 77, [1, 2, 3], Token)),
        (MessageKind.Reply, (to, self, t) => ReplyWriter.Pong(to, self, t, Peer)),
        (MessageKind.Reply, (to, self, t) => ReplyWriter.Found(to, self, t, Peer, Nodes, new byte[38], Token, Values, [])),
        (MessageKind.Reply, (to, self, t) => ReplyWriter.Stored(to, self, t, Peer, 5)),
        (MessageKind.Reply, (to, self, t) => ReplyWriter.Listening(to, self, t, Peer, Token)),
        (MessageKind.Error, (to, self, t) => ReplyWriter.Error(to, self, t, 401, "a text that needs a longer header than one byte"u8)),
        (MessageKind.Reply, (to, self, t) => ReplyWriter.LegacyValues(to, self, t, Values, Token)),
        (MessageKind.LegacyUpdate, (to, self, t) => ReplyWriter.LegacyIds(to, self, t, true, [1], Token)),
        (MessageKind.LegacyUpdate, (to, self, t) => ReplyWriter.LegacyIds(to, self, t, false, [1], Token)),
        (MessageKind.Fragment, (to, self, t) => FragmentWriter.Write(to, self, t, 300, 65_000, new byte[300])),
    ];

    private static readonly Gen<int> WriterIndex = Gen.Int[0, Writers.Length - 1];

    private delegate int Write(Span<byte> to, Sender self, uint t);

    [Fact]
    public void Every_message_reads_as_it_was_written() => Gen.Select(Self, Gen.UInt, WriterIndex).Sample((self, t, at) =>
    {
        (MessageKind kind, Write write) = Writers[at];
        byte[] room = new byte[1000];
        int length = write(room, self, t);
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(room.AsSpan(0, length), out Message message));
        Assert.Equal((kind, t), (message.Kind, message.Transaction));
        Assert.Equal((self.Network, self.IsClient), (message.Network, message.IsClient));
        Assert.Equal(message.Kind == MessageKind.Fragment ? InfoHash.Zero : Id, message.Id);
        Assert.Equal(message.Kind == MessageKind.Fragment ? "" : "o2", System.Text.Encoding.ASCII.GetString(message.Agent));
        var reader = new MsgpackReader(room.AsSpan(0, length));
        Assert.True(reader.TrySkip(0) && reader.Remaining == 0);
    });

    [Fact]
    public void Every_room_that_is_too_small_yields_0_and_nothing_is_written_behind_it()
    {
        var self = new Sender(Id, 300, true);
        foreach ((_, Write write) in Writers)
        {
            int needed = write(new byte[1000], self, uint.MaxValue);
            for (int size = 0; size <= needed; size++)
            {
                byte[] room = new byte[size + 16];
                room.AsSpan().Fill(0xAA);
                Assert.Equal(size < needed ? 0 : needed, write(room.AsSpan(0, size), self, uint.MaxValue));
                Assert.Equal(-1, room.AsSpan(size).IndexOfAnyExcept((byte)0xAA));
            }
        }
    }

    [Fact]
    public void Every_room_too_small_for_a_value_or_a_map_yields_0()
    {
        MessageReader.Read(Vectors.Named("146-get-reply-priority").Bytes, out Message message);
        var values = new ValueEnumerator(message.Values, message.ValueCount);
        while (values.MoveNext())
        {
            ValueReader.Read(values.Packed, out ValueView value, out int length);
            for (int size = 0; size < length; size++) Assert.Equal(0, ValueWriter.Write(new byte[size], value));
        }

        for (int size = 0; size < 18; size++) Assert.Equal(0, QueryMapWriter.WhereId(new byte[size], ulong.MaxValue));
        for (int size = 0; size < 4; size++) Assert.Equal(0, ValueListWriter.Sizes(new byte[size], [700]));
        Assert.Equal(4, ValueListWriter.Sizes(new byte[4], [700]));
    }

    [Theory]
    [InlineData(49, 599, true)]
    [InlineData(50, 599, false)]
    [InlineData(49, 600, false)]
    [InlineData(0, 0, true)]
    public void Values_travel_inline_when_fewer_than_50_and_less_than_600_bytes(int count, int bytes, bool inline) =>
        Assert.Equal(inline, ValueListWriter.FitsInline(count, bytes));

    [Fact]
    public void A_fragment_of_1280_bytes_is_at_most_1314_bytes_long()
    {
        byte[] room = new byte[1500];
        var self = new Sender(Id, uint.MaxValue, false);
        int length = FragmentWriter.Write(room, self, uint.MaxValue, 0, 64_000, new byte[WireLimits.FragmentBytes]);
        Assert.InRange(length, 1280, 1314);
    }

    [Fact]
    public void A_builder_packs_what_a_reader_reads()
    {
        var builder = new ValueBuilder { Id = 9, Type = 4097, Data = new byte[] { 1, 2 }, UserType = "u", Priority = 1, PushType = "p" };
        Assert.Equal(DecodeStatus.Ok, builder.Pack(out byte[] packed));
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out _));
        Assert.Equal((9UL, (ushort)4097, 1u), (value.Id, value.Type, value.Priority));
        Assert.Equal(packed, Reencoder.Repack(packed));
        Assert.Equal(DecodeStatus.Ok, new ValueBuilder { Id = 9, Cypher = new byte[] { 1 }, Type = 3 }.Pack(out packed));
        Assert.Equal(Mp.Map(("id", Mp.UInt(9)), ("dat", Mp.Bin([1]))), packed);
    }

    [Theory]
    [InlineData(300, 65_535, DecodeStatus.Ok)]
    [InlineData(300, 65_536, DecodeStatus.TooLarge)]
    [InlineData(ulong.MaxValue, 65_530, DecodeStatus.Ok)]
    [InlineData(ulong.MaxValue, 65_531, DecodeStatus.TooLarge)]
    [InlineData(1, 100_000, DecodeStatus.TooLarge)]
    public void A_builder_says_when_a_value_is_too_large(ulong id, int dataBytes, DecodeStatus expected)
    {
        var builder = new ValueBuilder { Id = id, Data = new byte[dataBytes] };
        Assert.Equal(expected, builder.Pack(out byte[] packed));
        Assert.True(packed.Length > dataBytes);
        Assert.Equal(expected, ValueReader.Read(packed, out _, out _));
    }

    [Fact]
    public void A_builder_without_an_id_or_a_signature_is_a_programmers_error()
    {
        Assert.Throws<InvalidOperationException>(() => new ValueBuilder().Pack(out _));
        Assert.Throws<InvalidOperationException>(() => new ValueBuilder { Id = 1, Owner = new byte[] { 0x30, 0, 0 } }.Pack(out _));
    }
}
