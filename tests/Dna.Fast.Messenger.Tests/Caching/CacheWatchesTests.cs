using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;
using Dna.Fast.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Caching;

public sealed class CacheWatchesTests : IDisposable
{
    private static readonly TimeSpan RealBound = TimeSpan.FromSeconds(60);
    private static readonly InfoHash Key = InfoHash.OfKey("a key");

    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly Channel<Channel<SecureListenEvent>> _listeners = Channel.CreateUnbounded<Channel<SecureListenEvent>>();
    private readonly CacheManager _manager;
    private readonly CacheRegion<string> _region;
    private readonly CacheWatches _watches;

    public CacheWatchesTests()
    {
        _manager = new CacheManager(_time);
        _region = _manager.Add(new RegionOptions<string> { Name = "test", Ttl = TimeSpan.FromDays(1), RevalidateAfter = TimeSpan.FromDays(1), Size = text => text.Length });
        _watches = new CacheWatches(ListenAsync, _time);
    }

    public void Dispose()
    {
        _watches.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public async Task What_is_stored_under_the_key_takes_the_entry_out_and_what_lives_longer_does_not()
    {
        Assert.True(_watches.Watch(Key, _region, "k"));
        Channel<SecureListenEvent> listener = await NextListenerAsync();
        foreach (ValueChange change in new[] { ValueChange.Stored, ValueChange.Gone })
        {
            _region.Put("k", "v");
            Task gone = NextInvalidationAsync();
            // The one that changes nothing comes first: had it taken the entry out, the test would not see the second one.
            await listener.Writer.WriteAsync(new SecureListenEvent(ValueChange.Refreshed, 1, null));
            await listener.Writer.WriteAsync(new SecureListenEvent(change, 1, null));
            await gone.WaitAsync(RealBound);
            Assert.False(_region.TryGet("k", out _));
        }

        Assert.Equal(2, _region.Statistics.Invalidated);
    }

    [Fact]
    public async Task A_listener_that_lost_changes_is_begun_again_and_its_entry_taken_out()
    {
        _watches.Watch(Key, _region, "k");
        Channel<SecureListenEvent> first = await NextListenerAsync();
        _region.Put("k", "v");
        Task gone = NextInvalidationAsync();
        first.Writer.Complete(new ListenOverflowException());
        await gone.WaitAsync(RealBound);
        Channel<SecureListenEvent> second = await NextListenerAsync(passTime: true);
        _region.Put("k", "v");
        gone = NextInvalidationAsync();
        await second.Writer.WriteAsync(new SecureListenEvent(ValueChange.Stored, 1, null));
        await gone.WaitAsync(RealBound);
    }

    [Fact]
    public async Task An_entry_is_watched_once_and_until_nobody_wants_it()
    {
        Assert.True(_watches.Watch(Key, _region, "k"));
        Assert.False(_watches.Watch(Key, _region, "k"));
        Channel<SecureListenEvent> listener = await NextListenerAsync();
        Assert.True(_watches.Unwatch(_region, "k"));
        Assert.False(_watches.Unwatch(_region, "k"));
        await listener.Reader.Completion.WaitAsync(RealBound);
        Assert.Equal(0, _watches.Count);
        _watches.Watch(Key, _region, "other");
        listener = await NextListenerAsync();
        _watches.Dispose();
        await listener.Reader.Completion.WaitAsync(RealBound);
        Assert.False(_watches.Watch(Key, _region, "late"));
    }

    [Fact]
    public void So_many_are_watched_and_no_more()
    {
        for (int i = 0; i < CacheWatches.WatchesMax; i++) Assert.True(_watches.Watch(Key, _region, $"k{i}"));
        Assert.False(_watches.Watch(Key, _region, "one more"));
    }

    private async IAsyncEnumerable<SecureListenEvent> ListenAsync(InfoHash key, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var events = Channel.CreateUnbounded<SecureListenEvent>();
        await _listeners.Writer.WriteAsync(events, CancellationToken.None);
        try
        {
            await foreach (SecureListenEvent change in events.Reader.ReadAllAsync(cancellation)) yield return change;
        }
        finally
        {
            events.Writer.TryComplete();
        }
    }

    private async Task<Channel<SecureListenEvent>> NextListenerAsync(bool passTime = false)
    {
        Task<Channel<SecureListenEvent>> next = _listeners.Reader.ReadAsync().AsTask();
        if (passTime) await TestClient.PassTimeUntilAsync(next, _time);
        return await next.WaitAsync(RealBound);
    }

    private Task NextInvalidationAsync()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _manager.Changed += change =>
        {
            if (change.Kind == CacheChangeKind.Invalidated) gone.TrySetResult();
        };
        return gone.Task;
    }
}
