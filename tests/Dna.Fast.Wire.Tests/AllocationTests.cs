namespace Dna.Fast.Wire.Tests;

/// <summary>The way of a datagram allocates nothing: the same bytes are read and written a few hundred times after a warm-up.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 200;

    private static readonly NodeAddress Peer = NodeAddress.V4(0x7F000001, 4000);

    [Fact]
    public void Decoding_any_datagram_allocates_nothing() => AssertNone(() =>
    {
        foreach (Vector vector in Datagrams) Assert.True(MessageReader.Read(vector.Bytes, out _) == DecodeStatus.Ok);
    });

    [Fact]
    public void Walking_what_was_decoded_allocates_nothing() => AssertNone(() =>
    {
        foreach (Vector vector in Datagrams)
        {
            MessageReader.Read(vector.Bytes, out Message message);
            var values = new ValueEnumerator(message.Values, message.ValueCount);
            while (values.MoveNext())
            {
                if (!values.IsSize) ValueReader.Read(values.Packed, out _, out _);
            }

            var nodes = new NodeListEnumerator(message.Nodes4, IpFamily.V4);
            while (nodes.MoveNext()) _ = (nodes.Id, nodes.Address);
            var fragments = new FragmentEnumerator(message.Fragments);
            while (fragments.MoveNext()) _ = fragments.Data;
            QueryView.TryRead(message.Query, out QueryView query);
            ValueView value = default;
            value.Owner = "0key"u8;
            query.Matches(value);
        }
    });

    [Fact]
    public void Refusing_a_datagram_allocates_nothing() => AssertNone(() =>
    {
        foreach (Vector vector in Datagrams)
        {
            ReadOnlySpan<byte> half = vector.Bytes.AsSpan(0, vector.Bytes.Length / 2);
            Assert.True(MessageReader.Read(half, out _) != DecodeStatus.Ok);
        }
    });

    [Fact]
    public void Writing_queries_replies_and_fragments_allocates_nothing()
    {
        byte[] room = new byte[2000], nodes = new byte[8 * WireLimits.Node4Bytes], token = new byte[32], values = [0x90];
        byte[] data = new byte[WireLimits.FragmentBytes];
        ulong[] ids = [1, 2, 3];
        var self = new Sender(InfoHash.Of([1]), 7, true);
        InfoHash key = InfoHash.Of([2]);
        AssertNone(() =>
        {
            int written = QueryWriter.Ping(room, self, 1) + QueryWriter.Find(room, self, 1, key, Want.V4 | Want.V6);
            written += QueryWriter.Get(room, self, 1, key, [], Want.Unsaid) + QueryWriter.Put(room, self, 1, key, values, 5, token);
            written += QueryWriter.Refresh(room, self, 1, key, 9, token) + QueryWriter.Listen(room, self, 1, key, token, 3, []);
            written += QueryWriter.UpdateValues(room, self, 1, key, 3, values, token);
            written += QueryWriter.UpdateExpired(room, self, 1, 3, ids, token);
            written += ReplyWriter.Pong(room, self, 1, Peer) + ReplyWriter.Found(room, self, 1, Peer, nodes, [], token, values, []);
            written += ReplyWriter.Stored(room, self, 1, Peer, 9) + ReplyWriter.Listening(room, self, 1, Peer, token);
            written += ReplyWriter.Error(room, self, 1, 401, "no"u8) + FragmentWriter.Write(room, self, 1, 0, 0, data);
            written += QueryMapWriter.WhereId(room, 9);
            Assert.True(written > 1000);
        });
    }

    [Fact]
    public void Reading_and_writing_a_value_allocates_nothing()
    {
        MessageReader.Read(Vectors.Named("009-put-inline").Bytes, out Message message);
        byte[] packed = message.Values.ToArray(), room = new byte[500];
        AssertNone(() =>
        {
            ValueReader.Read(packed, out ValueView value, out _);
            Assert.True(ValueWriter.Write(room, value) == packed.Length);
        });
    }

    private static readonly Vector[] Datagrams = [.. Vectors.Messages];

    private static void AssertNone(Action round)
    {
        // The runtime allocates a little on a thread whose code it is just replacing by better code; code that allocates does so in every pass.
        long least = long.MaxValue;
        for (int pass = 0; pass < 10; pass++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++) round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
