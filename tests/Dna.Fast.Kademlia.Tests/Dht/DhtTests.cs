using Dna.Fast.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Kademlia.Tests;

public sealed class DhtTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private static readonly InfoHash Key = InfoHash.OfKey("key");
    private readonly ScriptedNode _node = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Dht _dht;

    public DhtTests() => _dht = new Dht(_node, _time);

    [Fact]
    public async Task Pain_5_a_put_tells_how_many_acknowledged()
    {
        Task<PutAnswer> put = _dht.PutAsync(Key, default, Deadline);
        _node.PutDone!(new PutOutcome(3, 8, true));
        Assert.Equal(new PutAnswer(PutAnswerStatus.Acknowledged, 3, 8), await put);
        Assert.False(_node.PutIsPermanent);
        Assert.Equal(0, _node.Last.Cancelled);
    }

    [Theory]
    [InlineData(0, 8, true, false, PutAnswerStatus.Unacknowledged)]
    [InlineData(0, 0, false, false, PutAnswerStatus.Unreachable)]
    [InlineData(0, 0, true, true, PutAnswerStatus.Refused)]
    public async Task A_put_that_nobody_took_says_why(int acknowledged, int asked, bool reachable, bool refused, PutAnswerStatus expected)
    {
        Task<PutAnswer> put = _dht.PutAsync(Key, default, Deadline);
        _node.PutDone!(new PutOutcome(acknowledged, asked, reachable, refused));
        Assert.Equal(expected, (await put).Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task A_put_is_outdated_wherever_a_newer_version_lies(int acknowledged)
    {
        Task<PutAnswer> put = _dht.PutAsync(Key, default, Deadline);
        _node.PutDone!(new PutOutcome(acknowledged, acknowledged, true, NewerExists: true));
        Assert.Equal(new PutAnswer(PutAnswerStatus.Outdated, acknowledged, acknowledged), await put);
    }

    [Fact]
    public async Task A_late_put_is_ended_and_says_so()
    {
        Task<PutAnswer> put = _dht.PutAsync(Key, default, Deadline);
        _time.Advance(Deadline);
        Assert.Equal(PutAnswerStatus.TimedOut, (await put).Status);
        Assert.Equal(1, _node.Last.Cancelled);
    }

    [Fact]
    public async Task A_cancelled_put_is_ended_and_throws()
    {
        using var cancellation = new CancellationTokenSource();
        Task<PutAnswer> put = _dht.PutAsync(Key, default, Deadline, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        Assert.Equal(1, _node.Last.Cancelled);
    }

    [Fact]
    public async Task A_permanent_put_goes_on_until_it_is_disposed()
    {
        Task<PermanentPut> put = _dht.PutPermanentAsync(Key, default, Deadline);
        _node.PutDone!(new PutOutcome(8, 8, true));
        PermanentPut permanent = await put;
        Assert.True(_node.PutIsPermanent);
        Assert.Equal(8, permanent.FirstRound.Acknowledged);
        Assert.Equal(0, _node.Last.Cancelled);
        permanent.Dispose();
        Assert.Equal(1, _node.Last.Cancelled);
    }

    [Fact]
    public async Task Pain_26_a_permanent_put_whose_first_round_is_late_goes_on()
    {
        Task<PermanentPut> put = _dht.PutPermanentAsync(Key, default, Deadline);
        _time.Advance(Deadline);
        using PermanentPut permanent = await put;
        Assert.Equal(PutAnswerStatus.TimedOut, permanent.FirstRound.Status);
        Assert.Equal(0, _node.Last.Cancelled);
    }

    [Fact]
    public async Task A_cancelled_permanent_put_stays_not_announced()
    {
        using var cancellation = new CancellationTokenSource();
        Task<PermanentPut> put = _dht.PutPermanentAsync(Key, default, Deadline, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        Assert.Equal(1, _node.Last.Cancelled);
    }

    [Fact]
    public async Task All_values_come_in_the_order_of_their_arrival()
    {
        Task<GetAnswer> get = _dht.GetAllAsync(Key, default, Deadline);
        Assert.True(_node.Found!(Value(1)));
        Assert.True(_node.Found!(Value(2)));
        _node.GetDone!(new GetOutcome(4, true));
        GetAnswer answer = await get;
        Assert.Equal(GetAnswerStatus.Found, answer.Status);
        Assert.Equal([1, 2], answer.Values.Select(value => value.Packed.Span[0]));
        Assert.Equal(4, answer.Answered);
        Assert.True(answer.IsComplete);
    }

    [Fact]
    public async Task The_first_value_ends_a_get_of_one()
    {
        Task<GetAnswer> get = _dht.GetAsync(Key, default, Deadline);
        Assert.False(_node.Found!(Value(1)));
        Assert.False(_node.Found!(Value(2)));
        GetAnswer answer = await get;
        Assert.Equal(1, Assert.Single(answer.Values).Packed.Span[0]);
        Assert.Equal(GetAnswerStatus.Found, answer.Status);
        Assert.Equal(1, _node.Last.Cancelled);
    }

    [Fact]
    public async Task Absent_and_unreachable_are_different_answers()
    {
        Task<GetAnswer> absent = _dht.GetAllAsync(Key, default, Deadline);
        _node.GetDone!(new GetOutcome(4, true));
        Assert.Equal(GetAnswerStatus.Absent, (await absent).Status);

        Task<GetAnswer> unreachable = _dht.GetAllAsync(Key, default, Deadline);
        _node.GetDone!(new GetOutcome(0, false));
        Assert.Equal(GetAnswerStatus.Unreachable, (await unreachable).Status);
    }

    [Fact]
    public async Task Pain_23_a_late_get_gives_what_it_has_and_says_that_there_may_be_more()
    {
        Task<GetAnswer> get = _dht.GetAllAsync(Key, default, Deadline);
        _node.Found!(Value(1));
        _time.Advance(Deadline);
        GetAnswer answer = await get;
        Assert.Equal(GetAnswerStatus.Found, answer.Status);
        Assert.Single(answer.Values);
        Assert.False(answer.IsComplete);
        Assert.Equal(1, _node.Last.Cancelled);

        Task<GetAnswer> empty = _dht.GetAllAsync(Key, default, Deadline);
        _time.Advance(Deadline);
        Assert.Equal(GetAnswerStatus.TimedOut, (await empty).Status);
    }

    [Fact]
    public async Task A_cancelled_get_is_ended_and_throws()
    {
        using var cancellation = new CancellationTokenSource();
        Task<GetAnswer> get = _dht.GetAllAsync(Key, default, Deadline, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
        Assert.Equal(1, _node.Last.Cancelled);
    }

    [Fact]
    public async Task A_listener_hears_changes_in_order_and_ends_when_it_is_left()
    {
        var heard = new List<ulong>();
        await using IAsyncEnumerator<ListenEvent> changes = _dht.ListenAsync(Key, default).GetAsyncEnumerator();
        ValueTask<bool> first = changes.MoveNextAsync();
        for (ulong id = 1; id <= 3; id++) _node.Told!(new ListenEvent(ValueChange.Stored, id, default));
        Assert.True(await first);
        heard.Add(changes.Current.ValueId);
        while (heard.Count < 3 && await changes.MoveNextAsync()) heard.Add(changes.Current.ValueId);
        Assert.Equal([1UL, 2, 3], heard);
        await changes.DisposeAsync();
        Assert.Equal(1, _node.Last.Cancelled);
    }

    [Fact]
    public async Task A_listener_that_falls_behind_is_told_and_the_node_never_waits()
    {
        await using IAsyncEnumerator<ListenEvent> changes = _dht.ListenAsync(Key, default).GetAsyncEnumerator();
        ValueTask<bool> first = changes.MoveNextAsync();
        _node.Told!(new ListenEvent(ValueChange.Stored, 1, default));
        Assert.True(await first);
        for (int i = 0; i <= Dht.ListenBacklogMax; i++) _node.Told!(new ListenEvent(ValueChange.Stored, 2, default));
        await Assert.ThrowsAsync<ListenOverflowException>(async () =>
        {
            for (int i = 0; i <= Dht.ListenBacklogMax; i++) await changes.MoveNextAsync();
        });
        Assert.Equal(1, _node.Last.Cancelled);
    }

    [Fact]
    public async Task A_cancelled_listener_throws_and_is_ended()
    {
        using var cancellation = new CancellationTokenSource();
        await using IAsyncEnumerator<ListenEvent> changes = _dht.ListenAsync(Key, default, cancellation.Token).GetAsyncEnumerator();
        ValueTask<bool> first = changes.MoveNextAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);
        Assert.Equal(1, _node.Last.Cancelled);
    }

    [Fact]
    public async Task A_ping_gives_the_id_or_nothing()
    {
        Task<InfoHash?> answered = _dht.PingAsync(NodeAddress.V4(0x7F000001, 1), Deadline);
        _node.PingDone!(true, Key);
        Assert.Equal(Key, await answered);

        Task<InfoHash?> silent = _dht.PingAsync(NodeAddress.V4(0x7F000001, 1), Deadline);
        _node.PingDone!(false, default);
        Assert.Null(await silent);

        Task<InfoHash?> late = _dht.PingAsync(NodeAddress.V4(0x7F000001, 1), Deadline);
        _time.Advance(Deadline);
        Assert.Null(await late);
    }

    private static FoundValue Value(byte first) => new(new[] { first }, default);
}
