using System.Net;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>What a listener gets, datagram by datagram (wire specification, section 7).</summary>
public sealed class PushTests
{
    private static readonly TimeSpan PushTime = TimeSpan.FromSeconds(30);
    private readonly InfoHash _key = InfoHash.OfKey("pushes");

    [Fact]
    public async Task A_new_socket_id_gets_the_stored_values_once_and_a_repeated_listen_nothing()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe listener = new() { IsAlive = true, AnswersUpdates = true }, putter = new();
        TestValue value = TestValue.Of("there before");
        await putter.PutAsync(node.Address, _key, value);
        int from = listener.Count;
        Packet reply = await listener.ListenAsync(node.Address, _key, socketId: 4711);
        Assert.Equal(node.Id, reply.Id);
        Packet update = await listener.UpdateAsync(from, "values", PushTime);
        Assert.Equal(4711UL, update.SocketId);
        Assert.Equal(value.Id, Assert.Single(update.Values).Id);
        Assert.Equal(Probe.Bytes(_key), update["h"]);
        Assert.Equal(1UL, update["ve"]);
        Assert.NotEmpty(update.Token);

        from = listener.Count;
        await listener.ListenAsync(node.Address, _key, socketId: 4711);
        Assert.Null(await listener.TryWaitAsync(from, packet => packet.Query == "update", Probe.SilenceTime));

        await listener.ListenAsync(node.Address, _key, socketId: 4712);
        Assert.Equal(4712UL, (await listener.UpdateAsync(from, "values", PushTime)).SocketId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_reply_to_a_listen_comes_behind_the_stored_values_as_a_stock_node_sends_it(bool isStock)
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using DhtNodeProcess? stock = isStock ? await DhtNodeProcess.StartAsync() : null;
        IPEndPoint address = stock?.Address ?? node.Address;
        await using Probe listener = new() { IsAlive = true, AnswersUpdates = true }, putter = new();
        await putter.PutAsync(address, _key, TestValue.Of("there before"));
        int from = listener.Count;
        Packet reply = await listener.ListenAsync(address, _key, socketId: 4711);
        Packet update = await listener.UpdateAsync(from, "values", PushTime);
        Assert.True(listener.NumberOf(update) < listener.NumberOf(reply));
    }

    [Fact]
    public async Task A_value_put_later_is_pushed_and_an_equal_one_is_only_refreshed()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe listener = new() { IsAlive = true, AnswersUpdates = true }, putter = new();
        await listener.ListenAsync(node.Address, _key, socketId: 1);
        TestValue value = TestValue.Of("news");
        int from = listener.Count;
        await putter.PutAsync(node.Address, _key, value);
        Assert.Equal(value.Id, Assert.Single((await listener.UpdateAsync(from, "values", PushTime)).Values).Id);

        from = listener.Count;
        await putter.PutAsync(node.Address, _key, value);
        Packet refreshed = await listener.UpdateAsync(from, "re", PushTime);
        Assert.Equal([value.Id], refreshed.Ids("re"));
        Assert.Null(refreshed["h"]);
        Assert.Null(refreshed["ve"]);
        Assert.Equal(1UL, refreshed.SocketId);
        await Task.WhenAny(listener.TryWaitAsync(from, _ => false, Probe.SilenceTime));
        Packet only = Assert.Single(listener.Since(from), packet => packet.Query == "update");
        Assert.Null(only["values"]);

        from = listener.Count;
        byte[] token = await putter.TokenAsync(node.Address);
        await putter.AskAsync(node.Address, "refresh", ("h", Probe.Bytes(_key)), ("vid", value.Id), ("token", token));
        Assert.Equal([value.Id], (await listener.UpdateAsync(from, "re", PushTime)).Ids("re"));
    }

    [Fact]
    public async Task An_expired_value_is_pushed_as_exp()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe listener = new() { IsAlive = true, AnswersUpdates = true }, putter = new();
        await listener.ListenAsync(node.Address, _key, socketId: 1);
        TestValue brief = TestValue.Of("brief", type: 5);
        int from = listener.Count;
        await putter.PutAsync(node.Address, _key, brief, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 57);
        await listener.UpdateAsync(from, "values", PushTime);
        Packet expired = await listener.UpdateAsync(from, "exp", TimeSpan.FromSeconds(30));
        Assert.Equal([brief.Id], expired.Ids("exp"));
        Assert.Null(expired["h"]);
    }

    [Fact]
    public async Task A_filter_keeps_other_values_away()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe listener = new() { IsAlive = true, AnswersUpdates = true }, putter = new();
        byte[] token = await listener.TokenAsync(node.Address);
        await listener.AskAsync(
            node.Address, "listen", ("ve", 1), ("h", Probe.Bytes(_key)), ("token", token), ("sid", 8), ("q", ProbeOperations.Where(2, 3)));
        int from = listener.Count;
        await putter.PutAsync(node.Address, _key, TestValue.Of("other", type: 0));
        TestValue wanted = TestValue.Of("wanted", type: 3);
        await putter.PutAsync(node.Address, _key, wanted);
        Assert.Equal(wanted.Id, Assert.Single((await listener.UpdateAsync(from, "values", PushTime)).Values).Id);
    }

    [Fact]
    public async Task An_unanswered_update_comes_three_times_with_the_same_bytes()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe listener = new(), putter = new();
        await listener.ListenAsync(node.Address, _key, socketId: 1);
        int from = listener.Count;
        await putter.PutAsync(node.Address, _key, TestValue.Of("unheard"));
        await listener.WaitAsync(from, _ => Updates().Count == 3, TimeSpan.FromSeconds(60), "Three updates");
        Assert.All(Updates(), update => Assert.Equal(Updates()[0].Bytes, update.Bytes));
        Assert.Null(await listener.TryWaitAsync(from, _ => Updates().Count > 3, TimeSpan.FromSeconds(7)));

        List<Packet> Updates() => listener.Since(from).Where(packet => packet.Query == "update").ToList();
    }

    [Fact]
    public async Task A_big_value_is_pushed_in_fragments()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe listener = new() { IsAlive = true, AnswersUpdates = true }, putter = new();
        await listener.ListenAsync(node.Address, _key, socketId: 1);
        int from = listener.Count;
        TestValue value = new() { Data = new byte[20_000] };
        await putter.PutInFragmentsAsync(node.Address, _key, value);
        Packet update = await listener.WaitAsync(from, packet => packet.Query == "update", PushTime, "An update");
        byte[] packed = new byte[Assert.Single(update.Sizes)];
        int filled = 0;
        await listener.WaitAsync(
            from,
            packet =>
            {
                if (packet.IsFragment(update.Transaction, 0)) filled += packet.CopyFragment(0, packed);
                return filled >= packed.Length;
            },
            PushTime,
            "All fragments");
        Assert.Equal(value.Pack(), packed);
    }

    [Fact]
    public async Task A_listener_of_the_old_protocol_gets_replies_instead_of_updates()
    {
        await using NodeUnderTest node = await NodeUnderTest.StartAsync();
        await using Probe listener = new() { IsAlive = true }, putter = new();
        byte[] token = await listener.TokenAsync(node.Address);
        await listener.AskAsync(node.Address, "listen", ("h", Probe.Bytes(_key)), ("token", token), ("sid", 3000));
        int from = listener.Count;
        TestValue value = TestValue.Of("old style");
        await putter.PutAsync(node.Address, _key, value);
        Packet push = await listener.WaitAsync(from, packet => packet.Kind == "r" && packet.Transaction == 3000, PushTime, "A push");
        Assert.Equal(value.Id, Assert.Single(push.Values).Id);
        await putter.PutAsync(node.Address, _key, value);
        Packet refreshed = await listener.WaitAsync(from, packet => packet.Top("u") is not null, PushTime, "A refresh");
        Assert.Equal(3000u, refreshed.Transaction);
        Assert.Equal([value.Id], refreshed.Ids("re"));
    }
}
