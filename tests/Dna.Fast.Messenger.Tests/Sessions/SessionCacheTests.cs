using System.Diagnostics.Metrics;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Sessions;

/// <summary>What a session has read and what it publishes are the session's own.</summary>
public sealed class SessionCacheTests : IDisposable
{
    private static readonly TimeSpan Deadline = TestClient.NoDeadline;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-session-caches-").FullName;

    private static string Alice => Users.Fast(1).Fingerprint;

    private static string Bob => Users.Fast(2).Fingerprint;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Keys_are_asked_for_once_also_over_a_restart()
    {
        await using MessengerSession bob = await StartAsync(2);
        Assert.True((await bob.PublishKeysAsync(Deadline)).IsSuccess);
        await using (MessengerSession alice = await StartAsync(1))
        {
            Assert.True((await alice.Services.Keyserver.LookupAsync(Bob, Deadline)).IsSuccess);
            int gets = _network.Gets;
            Assert.True((await alice.Services.Keyserver.LookupAsync(Bob, Deadline)).IsSuccess);
            Assert.Equal(gets, _network.Gets);
        }

        _network.IsUnreachable = true;
        await using MessengerSession again = await StartAsync(1);
        Assert.True((await again.Services.Keyserver.LookupAsync(Bob, Deadline)).IsSuccess);
        Assert.Equal(1, again.Caches!.Keys.Statistics.Restored);
    }

    [Fact]
    public async Task A_session_without_caches_asks_each_time()
    {
        await using MessengerSession bob = await StartAsync(2);
        Assert.True((await bob.PublishKeysAsync(Deadline)).IsSuccess);
        await using MessengerSession alice = await StartAsync(1, hasCaches: false);
        Assert.Null(alice.Caches);
        for (int i = 0; i < 2; i++)
        {
            int gets = _network.Gets;
            Assert.True((await alice.Services.Keyserver.LookupAsync(Bob, Deadline)).IsSuccess);
            Assert.True(_network.Gets > gets);
        }
    }

    [Fact]
    public async Task Whoever_receives_a_groups_messages_hears_of_its_changes()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        Group group = (await alice.Services.Groups.CreateAsync(alice.User.Keys, Guid.NewGuid(), "Friends", "", [Bob], Deadline)).Value!;
        using var ended = new CancellationTokenSource();
        Task receiving = ReceiveAsync();
        await UntilAsync(() => _network.IsListenedTo(DnaKeys.Group(group.Uuid)));
        Assert.Equal("Friends", (await bob.Services.Groups.GetAsync(group.Uuid, Alice, Deadline)).Value!.Name);
        Assert.True((await alice.Services.Groups.UpdateAsync(alice.User.Keys, group.Uuid, Alice, "Renamed", null, Deadline)).IsSuccess);
        string? name = null;
        // The clock stands still: nothing is looked for again by its age.
        while (name != "Renamed")
        {
            name = (await bob.Services.Groups.GetAsync(group.Uuid, Alice, Deadline)).Value!.Name;
            await UntilAsync(() => true);
        }

        await ended.CancelAsync();
        await receiving.WaitAsync(TimeSpan.FromMinutes(1));

        async Task ReceiveAsync()
        {
            try
            {
                await foreach (ReceivedMessage message in bob.ReceiveAsync(new ReceiveOptions { Groups = [new WatchedGroup(group.Uuid, Alice)] }, ended.Token)) Assert.Fail($"{message}");
            }
            catch (OperationCanceledException)
            {
                // That is how it ends.
            }
        }
    }

    [Fact]
    public async Task A_kept_record_is_published_again_by_the_next_session()
    {
        var key = Wire.InfoHash.Of("kept"u8);
        await using (MessengerSession alice = await StartAsync(1))
        {
            PublishTicket ticket = alice.Publishing.Add(PublishItem.Record("mine", key, TypeRegistry.Year, [1], isKept: true));
            await TestClient.PassTimeUntilAsync(ticket.Result, _time);
            Assert.Equal(PublishStatus.Published, (await ticket.Result).Status);
        }

        int puts = _network.Puts;
        await using MessengerSession again = await StartAsync(1);
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return _network.Puts > puts;
        });
        Assert.Equal(2, _network.At(key).Single().Versions.Count);
    }

    [Fact]
    public async Task Its_numbers_are_there_for_whoever_collects_meters()
    {
        // Others' sessions run beside this one: the user tells them apart.
        string user = Users.Fast(77).Fingerprint[..16];
        var seen = new HashSet<string>();
        long misses = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == MessengerSession.MeterName && instrument.Meter.Tags!.Any(tag => tag.Value as string == user)) listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, _, _, _) => seen.Add(instrument.Name));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            seen.Add(instrument.Name);
            if (instrument.Name == "dna_cache_lookups_total" && tags.ToArray().Any(tag => tag.Value as string == "miss")) misses += value;
        });
        listener.Start();
        await using (MessengerSession session = await StartAsync(77))
        {
            await session.Services.Keyserver.LookupAsync(Bob, Deadline);
            listener.RecordObservableInstruments();
        }

        string readme = await File.ReadAllTextAsync(Path.Combine(Dna.Fast.Tests.Shared.ProjectTree.Root, "src", "Dna.Fast.Messenger", "README.md"));
        Assert.Equal(8, seen.Count);
        Assert.All(seen, name => Assert.Contains($"`{name}`", readme, StringComparison.Ordinal));
        Assert.Equal(1, misses);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (long start = Environment.TickCount64; !isSo(); await Task.Delay(1)) Assert.True(Environment.TickCount64 - start < 60_000, "A minute was over first.");
    }

    private async Task<MessengerSession> StartAsync(byte number, bool hasCaches = true)
    {
        var session = new MessengerSession(new SessionOptions { Suites = Users.Known, Time = _time, Directory = _folder, HasCaches = hasCaches });
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Fast(number), _network.Client(number))));
        return session;
    }
}
