using System.Net;
using Dna.Fast.Messenger.Tests.Services;

namespace Dna.Fast.Messenger.Tests.Caching;

/// <summary>The services with caches: Bob reads what Alice writes.</summary>
public sealed class CachedServiceTests : ServiceTests, IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"dna-cache-{Guid.NewGuid():N}");
    private readonly CacheManager _manager;
    private readonly RecordCaches _caches;
    private readonly MessengerServices _bob;

    public CachedServiceTests()
    {
        _manager = new CacheManager(Time, _folder);
        _caches = new RecordCaches(_manager, Users.Known, Bob.Keys.Fingerprint);
        _bob = new MessengerServices(Bob.Network, new MemoryDeliveryLog(), _caches);
    }

    public void Dispose()
    {
        _manager.Dispose();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Keys_names_and_profiles_are_searched_once()
    {
        Assert.True((await Alice.Keyserver.RegisterAsync(Alice.Keys, "alice_1", Deadline)).IsSuccess);
        Assert.Equal(Alice.Keys.Fingerprint, (await _bob.Keyserver.LookupAsync("Alice_1", Deadline)).Value!.Fingerprint);
        int gets = Network.Gets;
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(Alice.Keys.Fingerprint, (await _bob.Keyserver.LookupAsync("Alice_1", Deadline)).Value!.Fingerprint);
            Assert.Equal("alice_1", (await _bob.Profiles.LoadAsync(Alice.Keys.Fingerprint, Deadline)).Value!.Name!.Name);
        }

        Assert.Equal(gets, Network.Gets);
        Assert.Equal((1, 1, 1), (_caches.Keys.Statistics.Loads, _caches.Names.Statistics.Loads, _caches.Profiles.Statistics.Loads));
    }

    [Fact]
    public async Task A_name_counts_no_longer_than_its_claim_whatever_a_cache_says()
    {
        await Alice.Keyserver.RegisterAsync(Alice.Keys, "alice_1", Deadline);
        await _bob.Names.OwnerAsync("alice_1", Deadline);
        await Alice.Profiles.UpdateAsync(Alice.Keys, profile => profile with { Name = null }, Deadline);
        // Bob is told that the profile changed.
        _caches.Profiles.Invalidate(Alice.Keys.Fingerprint);
        Assert.Equal(ResultCode.NotFound, (await _bob.Names.OwnerAsync("alice_1", Deadline)).Code);
    }

    [Fact]
    public async Task Unreachable_is_answered_from_the_cache_or_said_and_never_remembered()
    {
        Network.IsUnreachable = true;
        Assert.Equal(ResultCode.NetworkError, (await _bob.Keyserver.LookupAsync(Alice.Keys.Fingerprint, Deadline)).Code);
        Network.IsUnreachable = false;
        await Alice.Keyserver.PublishAsync(Alice.Keys, null, Deadline);
        Assert.True((await _bob.Keyserver.LookupAsync(Alice.Keys.Fingerprint, Deadline)).IsSuccess);
        Network.IsUnreachable = true;
        Time.Advance(RecordCaches.RecordTtl);
        Assert.True((await _bob.Keyserver.LookupAsync(Alice.Keys.Fingerprint, Deadline)).IsSuccess);
        Assert.Equal(ResultCode.NetworkError, (await _bob.Keyserver.LookupAsync(Alice.Keys.Fingerprint, Freshness.Fresh, Deadline)).Code);
    }

    [Fact]
    public async Task Absent_is_believed_for_half_a_minute()
    {
        Assert.Equal(ResultCode.NotFound, (await _bob.Keyserver.LookupAsync(Alice.Keys.Fingerprint, Deadline)).Code);
        await Alice.Keyserver.PublishAsync(Alice.Keys, null, Deadline);
        Assert.Equal(ResultCode.NotFound, (await _bob.Keyserver.LookupAsync(Alice.Keys.Fingerprint, Deadline)).Code);
        Time.Advance(RecordCaches.AbsentTtl);
        Assert.True((await _bob.Keyserver.LookupAsync(Alice.Keys.Fingerprint, Deadline)).IsSuccess);
    }

    [Fact]
    public async Task What_we_write_we_read_at_once()
    {
        await _bob.Profiles.LoadAsync(Bob.Keys.Fingerprint, Deadline);
        await _bob.Profiles.UpdateAsync(Bob.Keys, profile => profile with { Bio = "one" }, Deadline);
        Assert.Equal("one", (await _bob.Profiles.LoadAsync(Bob.Keys.Fingerprint, Deadline)).Value!.Bio);
        await _bob.Profiles.UpdateAsync(Bob.Keys, profile => profile with { Bio = "two", Location = "here" }, Deadline);
        Profile read = (await _bob.Profiles.LoadAsync(Bob.Keys.Fingerprint, Deadline)).Value!;
        Assert.Equal(("two", "here", 2u), (read.Bio, read.Location, read.Version));

        await _bob.Keyserver.RegisterAsync(Bob.Keys, "bobby", Deadline);
        Assert.Equal("bobby", (await _bob.Keyserver.LookupAsync("bobby", Deadline)).Value!.Identity);

        Answer<Group> group = await _bob.Groups.CreateAsync(Bob.Keys, Guid.NewGuid(), "Friends", "", [Alice.Keys.Fingerprint], Deadline);
        await _bob.Groups.GetAsync(group.Value!.Uuid, null, Deadline);
        await _bob.Groups.UpdateAsync(Bob.Keys, group.Value.Uuid, Bob.Keys.Fingerprint, "Foes", null, Deadline);
        Assert.Equal("Foes", (await _bob.Groups.GetAsync(group.Value.Uuid, null, Deadline)).Value!.Name);
        Assert.Equal("Foes", (await _bob.Groups.GetAsync(group.Value.Uuid, Bob.Keys.Fingerprint, Deadline)).Value!.Name);
        await _bob.Groups.DeleteAsync(Bob.Keys, group.Value.Uuid, Deadline);
        Assert.Equal(ResultCode.NotFound, (await _bob.Groups.GetAsync(group.Value.Uuid, Bob.Keys.Fingerprint, Deadline)).Code);

        await _bob.Presences.PublishAsync(Bob.Keys, IPAddress.Loopback, 4001, Deadline);
        await _bob.Presences.FindAsync(Bob.Keys.SigningKey, Deadline);
        await _bob.Presences.PublishAsync(Bob.Keys, IPAddress.Loopback, 4002, Deadline);
        Assert.Equal(4002, (await _bob.Presences.FindAsync(Bob.Keys.SigningKey, Deadline)).Value!.Port);
    }

    [Fact]
    public async Task A_write_whose_outcome_is_not_known_takes_the_entry_out()
    {
        await _bob.Profiles.UpdateAsync(Bob.Keys, profile => profile with { Bio = "one" }, Deadline);
        Network.UnreachablePuts.Add(DnaKeys.Profile(Bob.Keys.Fingerprint));
        Assert.False((await _bob.Profiles.UpdateAsync(Bob.Keys, profile => profile with { Bio = "two" }, Deadline)).IsSuccess);
        Assert.False(_caches.Profiles.TryGet(Bob.Keys.Fingerprint, out _));
        Assert.Equal("one", (await _bob.Profiles.LoadAsync(Bob.Keys.Fingerprint, Deadline)).Value!.Bio);
    }

    [Fact]
    public async Task What_is_changed_is_read_from_the_network_and_not_from_a_cache()
    {
        await _bob.Profiles.UpdateAsync(Bob.Keys, profile => profile with { Bio = "one" }, Deadline);
        Time.Advance(TimeSpan.FromSeconds(5));
        // Bob's other device.
        await Bob.Profiles.UpdateAsync(Bob.Keys, profile => profile with { Website = "there" }, Deadline);
        await _bob.Profiles.UpdateAsync(Bob.Keys, profile => profile with { Bio = "two" }, Deadline);
        Profile read = (await Alice.Profiles.LoadAsync(Bob.Keys.Fingerprint, Deadline)).Value!;
        Assert.Equal(("two", "there"), (read.Bio, read.Website));
    }

    [Fact]
    public async Task Keys_and_profiles_are_there_after_a_restart_without_a_network()
    {
        await Alice.Keyserver.RegisterAsync(Alice.Keys, "alice_1", Deadline);
        await Alice.Profiles.UpdateAsync(Alice.Keys, profile => profile with { DisplayName = "Alice" }, Deadline);
        await _bob.Keyserver.LookupAsync("alice_1", Deadline);
        _manager.Dispose();
        Network.IsUnreachable = true;
        using var manager = new CacheManager(Time, _folder);
        var services = new MessengerServices(Bob.Network, new MemoryDeliveryLog(), new RecordCaches(manager, Users.Known, Bob.Keys.Fingerprint));
        Assert.Equal(Alice.Keys.SigningKey.ToArray(), (await services.Keyserver.LookupAsync(Alice.Keys.Fingerprint, Deadline)).Value!.SigningKey.ToArray());
        Assert.Equal("Alice", (await services.Profiles.LoadAsync(Alice.Keys.Fingerprint, Deadline)).Value!.DisplayName);
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task An_entry_forged_in_the_file_is_no_key_of_anybody()
    {
        byte[] forged = PublicKeyCodec.Write(PublicKeyCodec.Sign(Carol.Keys, "alice", 1, 1));
        Directory.CreateDirectory(_folder);
        File.WriteAllBytes(
            Path.Combine(_folder, "keyserver.cache"), CacheFile.Write([new SavedEntry(Alice.Keys.Fingerprint, Time.GetUtcNow().ToUnixTimeMilliseconds(), 1_000_000, forged)]));
        using var manager = new CacheManager(Time, _folder);
        var caches = new RecordCaches(manager, Users.Known);
        var services = new MessengerServices(Bob.Network, new MemoryDeliveryLog(), caches);
        Assert.Equal(ResultCode.NotFound, (await services.Keyserver.LookupAsync(Alice.Keys.Fingerprint, Deadline)).Code);
        Assert.Equal(1, caches.Keys.Statistics.Damaged);
    }

    [Fact]
    public async Task Pain_6_old_versions_that_nodes_give_do_not_come_back()
    {
        await _bob.Profiles.UpdateAsync(Bob.Keys, profile => profile with { Bio = "one" }, Deadline);
        await _bob.Profiles.UpdateAsync(Bob.Keys, profile => profile with { Bio = "two" }, Deadline);
        Network.IsStale = true;
        Assert.Equal("two", (await _bob.Profiles.LoadAsync(Bob.Keys.Fingerprint, Freshness.Fresh, Deadline)).Value!.Bio);
        Assert.Equal(1, _caches.Profiles.Statistics.OlderFound);
    }

    [Fact]
    public async Task Pain_35_a_cached_profile_is_answered_when_the_network_is_away_and_nothing_is_written_over_it()
    {
        await Alice.Profiles.UpdateAsync(Alice.Keys, profile => profile with { Bio = "kept" }, Deadline);
        await _bob.Profiles.LoadAsync(Alice.Keys.Fingerprint, Deadline);
        await _bob.Profiles.UpdateAsync(Bob.Keys, profile => profile with { Bio = "mine" }, Deadline);
        Time.Advance(RecordCaches.RecordTtl + TimeSpan.FromDays(1));
        Network.IsUnreachable = true;
        Assert.Equal("kept", (await _bob.Profiles.LoadAsync(Alice.Keys.Fingerprint, Deadline)).Value!.Bio);
        int puts = Network.Puts;
        Assert.Equal(ResultCode.NetworkError, (await _bob.Profiles.UpdateAsync(Bob.Keys, profile => profile with { Bio = "other" }, Deadline)).Code);
        Assert.Equal(puts, Network.Puts);
    }
}
