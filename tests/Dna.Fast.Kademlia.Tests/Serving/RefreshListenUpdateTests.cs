using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Serving;

public sealed class RefreshListenUpdateTests
{
    private readonly ServingBench _bench = new();

    [Fact]
    public void Refresh_of_an_unknown_key_is_error_404()
    {
        ServingBench.AssertError(404, Refresh(1));
        Assert.Equal(1, _bench.Counters[Counter.ErrorNotFound]);
    }

    [Fact]
    public void Refresh_with_a_wrong_token_is_error_401()
    {
        _bench.Put(ServingBench.Text(1, "a"));
        ServingBench.AssertError(401, Refresh(1, new byte[32]));
    }

    [Fact]
    public void Refresh_extends_the_lifetime_and_tells_listeners()
    {
        _bench.Put(ServingBench.Text(1, "a"));
        _bench.Context.Listened.Add(ServingBench.Key);
        _bench.Move(590_000);
        ServingBench.AssertAcknowledged(1, Refresh(1), t: 4);
        Assert.Contains("Refreshed 1", _bench.Inbox.Told);
        _bench.Move(599_000);
        Assert.Equal(["a"], _bench.Texts());
        _bench.Move(1000);
        Assert.Empty(_bench.Texts());
    }

    [Fact]
    public void Refresh_of_another_id_under_a_known_key_is_acknowledged_and_changes_nothing()
    {
        _bench.Put(ServingBench.Text(1, "a"));
        _bench.Context.Listened.Add(ServingBench.Key);
        _bench.Inbox.Told.Clear();
        ServingBench.AssertAcknowledged(2, Refresh(2), t: 4);
        Assert.DoesNotContain(_bench.Inbox.Told, t => t.StartsWith("Refreshed", StringComparison.Ordinal));
        Assert.Equal(0, _bench.Counters[Counter.PutRefreshed]);
    }

    [Fact]
    public void Listen_is_answered_with_a_token_and_handed_to_the_owner()
    {
        Assert.Empty(Listen(ServingBench.WhereId(3)));
        Assert.Contains("listen t 4 sid 99 ve 1 query " + ServingBench.WhereId(3).Length, _bench.Inbox.Told);
    }

    [Fact]
    public void Listen_without_key_or_token_is_an_error_and_adds_nobody()
    {
        ServingBench.AssertError(203, Listen(key: InfoHash.Zero));
        ServingBench.AssertError(401, Listen(token: new byte[32]));
        Assert.DoesNotContain(_bench.Inbox.Told, t => t.StartsWith("listen", StringComparison.Ordinal));
    }

    [Fact]
    public void Update_is_always_acknowledged_and_handed_to_the_owner_when_its_socket_is_ours()
    {
        Assert.Single(_bench.Send(to => QueryWriter.UpdateExpired(to, ServingBench.Stranger, 5, 99, [1, 2], new byte[32])));
        Assert.DoesNotContain(_bench.Inbox.Told, t => t.StartsWith("update", StringComparison.Ordinal));
        _bench.Context.Expected.AddSocket(99);
        Message reply = ServingBench.Read(Assert.Single(_bench.Send(to => QueryWriter.UpdateExpired(to, ServingBench.Stranger, 6, 99, [1, 2], new byte[32]))));
        Assert.Equal((MessageKind.Reply, 6u), (reply.Kind, reply.Transaction));
        Assert.Contains(_bench.Inbox.Told, t => t.StartsWith("update", StringComparison.Ordinal));
    }

    [Fact]
    public void Update_in_fragments_is_acknowledged_when_it_is_whole()
    {
        _bench.Context.Expected.AddSocket(99);
        byte[] value = ServingBench.Text(5, new string('x', 2000));
        var list = new byte[16];
        int listed = ValueListWriter.Sizes(list, [value.Length]);
        Assert.Empty(_bench.Send(to => QueryWriter.UpdateValues(to, ServingBench.Stranger, 6, ServingBench.Key, 99, list.AsSpan(0, listed), new byte[32])));
        Assert.Empty(_bench.Send(to => FragmentWriter.Write(to, ServingBench.Stranger, 6, 0, 0, value.AsSpan(0, 1280))));
        Message reply = ServingBench.Read(Assert.Single(_bench.Send(to => FragmentWriter.Write(to, ServingBench.Stranger, 6, 0, 1280, value.AsSpan(1280)))));
        Assert.Equal((MessageKind.Reply, 6u), (reply.Kind, reply.Transaction));
        Assert.Equal(value, Assert.Single(Assert.Single(_bench.Inbox.Whole).Values).ToArray());
        Assert.DoesNotContain(_bench.Inbox.Told, t => t.StartsWith("update", StringComparison.Ordinal));
    }

    [Fact]
    public void Update_in_fragments_for_a_socket_that_is_not_ours_holds_no_memory()
    {
        var list = new byte[16];
        int listed = ValueListWriter.Sizes(list, [2_000]);
        Assert.Single(_bench.Send(to => QueryWriter.UpdateValues(to, ServingBench.Stranger, 6, ServingBench.Key, 98, list.AsSpan(0, listed), new byte[32])));
        _bench.Send(to => FragmentWriter.Write(to, ServingBench.Stranger, 6, 0, 0, new byte[1280]));
        _bench.Send(to => FragmentWriter.Write(to, ServingBench.Stranger, 6, 0, 1280, new byte[720]));
        Assert.Empty(_bench.Inbox.Whole);
    }

    [Fact]
    public void Error_that_answers_a_request_goes_to_the_owner_and_what_answers_none_does_not()
    {
        _bench.Context.Expected.Add(ServingBench.Home, 9);
        Assert.Empty(_bench.Send(to => ReplyWriter.Error(to, ServingBench.Stranger, 8, 401, "no"u8)));
        Assert.Empty(_bench.Send(to => ReplyWriter.Error(to, ServingBench.Stranger, 9, 401, "no"u8)));
        Assert.Single(_bench.Inbox.Told, t => t.StartsWith("answer", StringComparison.Ordinal));
        Assert.Equal(2, _bench.Counters[Counter.ErrorsIn]);
        Assert.Equal(1, _bench.Counters[Counter.DropReplyUnknown]);
    }

    private List<byte[]> Refresh(ulong id, byte[]? token = null) =>
        _bench.Send(to => QueryWriter.Refresh(to, ServingBench.Stranger, 4, ServingBench.Key, id, token ?? _bench.Token()));

    private List<byte[]> Listen(byte[]? query = null, InfoHash? key = null, byte[]? token = null) =>
        _bench.Send(to => QueryWriter.Listen(to, ServingBench.Stranger, 4, key ?? ServingBench.Key, token ?? _bench.Token(), 99, query));
}
