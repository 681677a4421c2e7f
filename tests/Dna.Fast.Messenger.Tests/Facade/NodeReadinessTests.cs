using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Facade;

public sealed class NodeReadinessTests
{
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly NodeReadiness _readiness;
    private int _good;

    public NodeReadinessTests() => _readiness = new NodeReadiness(() => Status(_good), _time);

    [Fact]
    public void Pain_19_one_peer_is_not_a_network_yet_and_eight_are()
    {
        Assert.False(_readiness.IsReady);
        _good = 1;
        Assert.False(_readiness.IsReady);
        _good = NodeReadiness.GoodEnough;
        Assert.True(_readiness.IsReady);
    }

    [Fact]
    public void A_small_network_is_ready_when_it_grows_no_more()
    {
        for (_good = 1; _good < 4; _good++)
        {
            Assert.False(_readiness.IsReady);
            _time.Advance(NodeReadiness.StableAfter - TimeSpan.FromMilliseconds(1));
            Assert.False(_readiness.IsReady);
        }

        Assert.False(_readiness.IsReady);
        _time.Advance(NodeReadiness.StableAfter);
        Assert.True(_readiness.IsReady);
        _good = 0;
        Assert.False(_readiness.IsReady);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_readiness.IsReady);
    }

    [Fact]
    public async Task Who_waits_is_told_when_it_is_ready_or_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        Task cancelled = _readiness.WhenReadyAsync(cancellation.Token);
        Task ready = _readiness.WhenReadyAsync();
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(ready.IsCompleted);
        _good = NodeReadiness.GoodEnough;
        await TestClient.PassTimeUntilAsync(ready, _time);
    }

    private static NodeStatus Status(int good) => new()
    {
        Id = default,
        V4 = new FamilyStatus(Connectivity.Connecting, good / 2, 0, 0, 1),
        V6 = new FamilyStatus(Connectivity.Connecting, good - good / 2, 0, 0, 1),
        Searches = 0,
        PendingRequests = 0,
        Listeners = 0,
        Subscriptions = 0,
        PermanentPuts = 0,
        Blacklisted = 0,
        ReportedAddress = default,
    };
}
