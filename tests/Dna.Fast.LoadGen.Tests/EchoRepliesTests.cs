using Dna.Fast.LoadGen.Echo;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Tests;

public sealed class EchoRepliesTests
{
    private const uint Transaction = 0x8123_4567;

    private readonly byte[] _room = new byte[1024];
    private readonly EchoReplies _replies = new(8, 100, 0);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Queries_are_told_apart_by_a_few_bytes(bool client)
    {
        var self = new Sender(InfoHash.Of("us"u8), 0, client);
        InfoHash key = InfoHash.Of("key"u8);
        Check(QueryWriter.Ping(_room, self, Transaction), RequestKind.Ping);
        Check(QueryWriter.Find(_room, self, Transaction, key, Want.Unsaid), RequestKind.Find);
        Check(QueryWriter.Get(_room, self, Transaction, key, default, Want.Unsaid), RequestKind.Get);
        Check(QueryWriter.Put(_room, self, Transaction, key, [0x90], 5, [1]), RequestKind.Put);
    }

    [Fact]
    public void What_the_echo_does_not_know_it_does_not_answer()
    {
        var self = new Sender(InfoHash.Of("us"u8), 0, false);
        int bytes = QueryWriter.Listen(_room, self, Transaction, InfoHash.Of("key"u8), [1], 1, default);
        Assert.False(EchoReplies.TryRecognise(_room.AsSpan(0, bytes), out _, out _));
        Assert.False(EchoReplies.TryRecognise(default, out _, out _));
        Assert.False(EchoReplies.TryRecognise(new byte[200], out _, out _));
    }

    [Fact]
    public void Replies_are_those_of_a_node_with_the_id_copied_in()
    {
        for (RequestKind kind = RequestKind.Ping; kind <= RequestKind.Put; kind++)
        {
            byte[] reply = [.. _replies.Templates[(int)kind]];
            new byte[] { 0x81, 0x23, 0x45, 0x67 }.CopyTo(reply, reply.Length - EchoReplies.TransactionFromEnd);
            Assert.Equal(DecodeStatus.Ok, MessageReader.Read(reply, out Message message));
            Assert.Equal(MessageKind.Reply, message.Kind);
            Assert.Equal(Transaction, message.Transaction);
            Assert.Equal(EchoReplies.NodeId, message.Id);
            Assert.Equal(kind is RequestKind.Find or RequestKind.Get, message.Nodes4.Length == 8 * WireLimits.Node4Bytes
                && message.Token.Length == WireLimits.TokenBytes);
            Assert.Equal(kind == RequestKind.Get ? 1 : 0, message.ValueCount);
            Assert.Equal(kind == RequestKind.Put, message.ValueId != 0);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(500)]
    [InlineData(1400)]
    public void Replies_have_the_length_asked_for(int bytes)
    {
        var replies = new EchoReplies(8, 100, bytes);
        Assert.All(replies.Templates, t => Assert.InRange(t.Length, bytes, bytes + 1));
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(replies.Templates[0], out Message _));
    }

    private void Check(int bytes, RequestKind kind)
    {
        Assert.True(EchoReplies.TryRecognise(_room.AsSpan(0, bytes), out int at, out RequestKind found));
        Assert.Equal(kind, found);
        Assert.Equal([0x81, 0x23, 0x45, 0x67], _room.AsSpan(at, 4).ToArray());
    }
}
