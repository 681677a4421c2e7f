using System.Text;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Messenger.Tests.Fakes;
using Dna.Fast.Messenger.Tests.Network;
using Dna.Fast.Tests.Shared;

namespace Dna.Fast.Messenger.Tests.Facade;

/// <summary>The original's calls over two real nodes.</summary>
public sealed class DhtContextTests : IClassFixture<OwnerKeys>, IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7), Year = TimeSpan.FromDays(365);
    private static readonly byte[] Key = "a key"u8.ToArray();

    private readonly LoopbackNode _first;
    private readonly LoopbackNode _second;
    private readonly DhtContext _alice;
    private readonly DhtContext _bob;

    public DhtContextTests(OwnerKeys owners)
    {
        _first = new LoopbackNode(owners.Identities[0]);
        _second = new LoopbackNode(owners.Identities[1], _first);
        _alice = new DhtContext(_first.Dht, TimeProvider.System, _first.Node);
        _bob = new DhtContext(_second.Dht, TimeProvider.System, _second.Node);
    }

    public async ValueTask DisposeAsync()
    {
        await _alice.DisposeAsync();
        await _bob.DisposeAsync();
        _second.Dispose();
        _first.Dispose();
    }

    [Fact]
    public async Task Seven_puts_are_found_by_three_gets()
    {
        Assert.Equal(ResultCode.Success, await _bob.WhenReadyAsync(Deadline));
        Assert.Equal((ResultCode.Success, Week), Kept(await _bob.PutAsync(Key, Bytes("1"), Deadline)));
        Assert.Equal((ResultCode.Success, Year), Kept(await _bob.PutTtlAsync(Key, Bytes("2"), 8 * 86_400, Deadline)));
        Assert.Equal((ResultCode.Success, Year), Kept(await _bob.PutTtlAsync(Key, Bytes("3"), DhtContext.Permanent, Deadline)));
        Assert.Equal((ResultCode.Success, Year), Kept(await _bob.PutPermanentAsync(Key, Bytes("4"), Deadline)));
        Assert.Equal((ResultCode.Success, Week), Kept(await _bob.PutSignedAsync(Key, Bytes("5"), 5, 3600, Deadline)));
        Assert.Equal((ResultCode.Success, Year), Kept(await _bob.PutSignedAsync(Key, Bytes("6"), 6, DhtContext.Permanent, Deadline)));
        Assert.Equal((ResultCode.Success, Year), Kept(await _bob.PutSignedPermanentAsync(Key, Bytes("7"), 7, Deadline)));
        Assert.Equal(ResultCode.Success, (await _bob.PutAsync(Key, default, Deadline)).Code);

        IReadOnlyList<DhtValue> all = (await _alice.GetAllAsync(Key, Deadline)).Value!;
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7"], all.Select(value => Encoding.UTF8.GetString(value.Data.Span)).Order());
        Assert.Equal([5UL, 6UL, 7UL], all.Where(value => value.OwnerId is not null).Select(value => value.ValueId).Order());
        Assert.Equal(TypeRegistry.SevenDays, all.Single(value => value.ValueId == 5).Type);
        Assert.Single(all.Where(value => value.OwnerId is not null).Select(value => value.OwnerId).Distinct());
        Assert.True((await _alice.GetAsync(Key, Deadline)).Value.Length == 1);
        Answer<ReadOnlyMemory<byte>>? told = null;
        await _alice.GetAsync(Key, answer => told = answer, Deadline);
        Assert.True(told?.IsSuccess);
        // Two permanent ones and three signed ones.
        Assert.Equal(5, _bob.GetStatistics().Announced);
    }

    [Fact]
    public async Task A_signed_value_is_replaced_and_deleted_by_its_owner_only()
    {
        DhtPut first = await _bob.PutSignedAsync(Key, Bytes("old"), 9, 0, Deadline);
        DhtPut second = await _bob.PutSignedAsync(Key, Bytes("new"), 9, 0, Deadline);
        Assert.True(second.IsSuccess && second.Seq > first.Seq, $"{first} {second}");
        Assert.Equal("new", Encoding.UTF8.GetString((await _alice.GetAsync(Key, Deadline)).Value.Span));
        Assert.Equal(ResultCode.NotFound, (await _alice.DeleteAsync(Key, Deadline)).Code);
        Assert.True((await _bob.DeleteAsync(Key, Deadline)).IsSuccess);
        Assert.Equal(ResultCode.NotFound, (await _alice.GetAsync(Key, Deadline)).Code);
        Assert.Equal(ResultCode.NotFound, (await _alice.GetAllAsync(Key, Deadline)).Code);
        Assert.Equal(0, _bob.GetStatistics().Announced);
    }

    [Fact]
    public async Task What_may_not_be_deleted_anywhere_stays_announced()
    {
        var network = new FakeNetwork();
        FakeDht dht = network.Client(1);
        await using var context = new DhtContext(dht, TimeProvider.System, null!, () => default!, null!);
        Assert.True((await context.PutSignedAsync(Key, Bytes("1"), 5, 0, Deadline)).IsSuccess);
        network.IsLate = true;
        Assert.Equal(ResultCode.Timeout, (await context.DeleteAsync(Key, 5, Deadline)).Code);
        Assert.Equal(1, dht.Announced);
        network.IsLate = false;
        Assert.True((await context.DeleteAsync(Key, 5, Deadline)).IsSuccess);
        Assert.Equal(0, dht.Announced);
    }

    [Fact]
    public async Task A_callback_is_told_also_that_nothing_is_there()
    {
        var told = new List<ResultCode>();
        await _bob.GetAsync("nothing"u8.ToArray(), answer => told.Add(answer.Code), Deadline);
        Assert.Equal([ResultCode.NotFound], told);
    }

    [Fact]
    public async Task Pain_17_the_numbers_come_from_the_store_itself()
    {
        Assert.True((await _bob.PutAsync(Key, Bytes("1"), Deadline)).IsSuccess);
        Assert.Equal(2, _alice.GetStatistics().Values + _bob.GetStatistics().Values);
        Assert.True(_bob.GetStatistics().Nodes > 0);
    }

    [Fact]
    public async Task Pain_23_a_node_without_a_network_says_so_and_waits_for_nothing()
    {
        using var lonely = new LoopbackNode(identity: null);
        await using var context = new DhtContext(lonely.Dht, TimeProvider.System, lonely.Node);
        Assert.False(context.IsReady);
        Assert.Equal(ResultCode.Timeout, await context.WhenReadyAsync(TimeSpan.FromMilliseconds(20)));
        Assert.Contains((await context.GetAsync(Key, Deadline)).Code, new[] { ResultCode.NetworkError, ResultCode.Timeout });
        Assert.Contains((await context.PutAsync(Key, Bytes("1"), Deadline)).Code, new[] { ResultCode.NetworkError, ResultCode.Timeout });
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => context.GetAllAsync(Key, Deadline, cancelled.Token));
    }

    [Fact]
    public async Task Pain_39_what_is_too_large_is_an_error_before_anything_is_sent()
    {
        foreach (DhtPut put in new[]
        {
            await _bob.PutAsync(Key, new byte[65_536], Deadline),
            await _bob.PutPermanentAsync(Key, new byte[65_536], Deadline),
            await _bob.PutSignedAsync(Key, new byte[65_000], 1, 0, Deadline),
        })
        {
            Assert.Equal((ResultCode.OutOfMemory, 0), (put.Code, put.Asked));
        }
    }

    [Fact]
    public async Task Wrong_arguments_and_a_closed_context_have_codes_of_their_own()
    {
        Assert.Equal(ResultCode.InvalidParameter, (await _bob.PutAsync(default, Bytes("1"), Deadline)).Code);
        Assert.Equal(ResultCode.InvalidParameter, (await _bob.PutSignedAsync(Key, default, 1, 0, Deadline)).Code);
        Assert.Equal(ResultCode.InvalidParameter, (await _bob.PutSignedAsync(Key, Bytes("1"), 0, 0, Deadline)).Code);
        await _bob.DisposeAsync();
        Assert.Equal(ResultCode.NotInitialized, (await _bob.PutAsync(Key, Bytes("1"), Deadline)).Code);
        Assert.Equal(ResultCode.NotInitialized, (await _bob.GetAsync(Key, Deadline)).Code);
        Assert.Equal(ResultCode.NotInitialized, await _bob.WhenReadyAsync(Deadline));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static (ResultCode, TimeSpan) Kept(DhtPut put) => (put.Code, put.Lifetime);
}
