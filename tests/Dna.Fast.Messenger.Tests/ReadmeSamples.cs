using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests;

/// <summary>The samples of the project's README, line by line.</summary>
public sealed partial class ReadmeSamples
{
    [Fact]
    public void Every_sample_of_the_README_is_here()
    {
        string[] here = Lines(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ReadmeSamples.cs")));
        MatchCollection blocks = Block().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Readme", "README.md")));
        Assert.NotEmpty(blocks);
        foreach (string line in blocks.SelectMany(block => Lines(block.Groups[1].Value))) Assert.Contains(line, here);
    }

    /// <summary>Whoever calls the network until a deadline is a service.</summary>
    [Fact]
    public void Every_service_has_a_sample()
    {
        string samples = string.Concat(Block().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Readme", "README.md"))).Select(block => block.Groups[1].Value));
        string[] services =
        [
            .. typeof(RecordNetwork).Assembly.GetExportedTypes().Where(type => type.IsClass && type.Name.EndsWith("Service", StringComparison.Ordinal)).Select(type => type.Name),
            nameof(OfflineQueue), nameof(Inbox), nameof(GroupOutbox), nameof(ChunkStore), nameof(MessengerSession),
        ];
        Assert.True(services.Length >= 15);
        Assert.All(services, service => Assert.Contains($"new {service}(", samples, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_is_registered_and_found()
    {
        (ISecureDht dht, SuiteSet suites, TimeSpan deadline, IIdentityKeys alice, IIdentityKeys bob) = Given();
        using var network = new RecordNetwork(dht, suites, TimeProvider.System);
        using var profiles = new ProfileService(network);
        var names = new NameService(network, profiles);
        var keyserver = new KeyserverService(network, names);
        using var chunks = new ChunkStore(network);
        PutReport registered = await keyserver.RegisterAsync(alice, "alice_1", deadline);
        Answer<PublicKeyEntry> found = await keyserver.LookupAsync("Alice_1", deadline);
        Answer<Profile> owner = await names.OwnerAsync("alice_1", deadline);
        Answer<ReverseEntry> shown = await keyserver.ReverseAsync(alice.Fingerprint, deadline);
        PutReport renewed = await keyserver.RenewAsync(alice, deadline);
        Assert.True(registered.IsSuccess && renewed.IsSuccess);
        Assert.Equal(alice.Fingerprint, found.Value!.Fingerprint);
        Assert.Equal((alice.Fingerprint, "alice_1"), (owner.Value!.Fingerprint, shown.Value!.Identity));
    }

    [Fact]
    public async Task A_profile_is_changed_and_read()
    {
        (ISecureDht dht, SuiteSet suites, TimeSpan deadline, IIdentityKeys alice, IIdentityKeys bob) = Given();
        using var network = new RecordNetwork(dht, suites, TimeProvider.System);
        using var profiles = new ProfileService(network);
        var names = new NameService(network, profiles);
        var keyserver = new KeyserverService(network, names);
        using var chunks = new ChunkStore(network);
        PutReport changed = await profiles.UpdateAsync(alice, profile => profile with { Bio = "Hello", Location = "Here" }, deadline);
        Answer<Profile> profileOfAlice = await profiles.LoadAsync(alice.Fingerprint, deadline);
        Assert.True(changed.IsSuccess);
        Assert.Equal("Hello", profileOfAlice.Value!.Bio);
    }

    [Fact]
    public async Task A_message_is_queued_and_delivered()
    {
        (ISecureDht dht, SuiteSet suites, TimeSpan deadline, IIdentityKeys alice, IIdentityKeys bob) = Given();
        using var network = new RecordNetwork(dht, suites, TimeProvider.System);
        using var profiles = new ProfileService(network);
        var names = new NameService(network, profiles);
        var keyserver = new KeyserverService(network, names);
        using var chunks = new ChunkStore(network);
        using var queue = new OfflineQueue(network, chunks);
        byte[] envelope = alice.Seal([alice.EncryptionKey, bob.EncryptionKey], "Hello, Bob"u8)!;
        PutReport queued = await queue.QueueAsync(alice, bob.Fingerprint, envelope, deadline);

        var inbox = new Inbox(network, chunks, new MemoryDeliveryLog());
        InboxReport arrived = await inbox.RetrieveAsync(bob.Fingerprint, [alice.Fingerprint], InboxDepth.Full, deadline);
        OpenStatus opened = bob.Open(arrived.Messages[0].Envelope.Span, out byte[]? plaintext, out byte[]? sender);
        PutReport confirmed = await inbox.ConfirmAsync(bob, arrived.Messages, deadline);
        Assert.True(queued.IsSuccess && confirmed.IsSuccess);
        Assert.Equal(OpenStatus.Ok, opened);
        Assert.Equal("Hello, Bob"u8.ToArray(), plaintext);
        Assert.Equal(alice.SigningKey.ToArray(), sender);
    }

    [Fact]
    public async Task A_group_has_a_key()
    {
        (ISecureDht dht, SuiteSet suites, TimeSpan deadline, IIdentityKeys alice, IIdentityKeys bob) = Given();
        using var network = new RecordNetwork(dht, suites, TimeProvider.System);
        using var profiles = new ProfileService(network);
        var names = new NameService(network, profiles);
        var keyserver = new KeyserverService(network, names);
        using var chunks = new ChunkStore(network);
        await keyserver.PublishAsync(alice, null, deadline);
        using var groups = new GroupService(network);
        Answer<Group> group = await groups.CreateAsync(alice, Guid.NewGuid(), "Friends", "", [bob.Fingerprint], deadline);
        var groupKeys = new GroupKeyService(chunks, suites);
        byte[] key = RandomNumberGenerator.GetBytes(GroupKeyPacket.KeyBytes);
        PutReport handedOut = await groupKeys.PublishAsync(alice, group.Value!.Uuid, 1, [(bob.Fingerprint, bob.EncryptionKey)], key, deadline);
        Answer<byte[]> keyOfBob = await groupKeys.FetchAsync(bob, group.Value.Uuid, 1, alice.SigningKey, deadline);

        using var groupOutbox = new GroupOutbox(network, chunks, keyserver);
        PutReport said = await groupOutbox.SendAsync(alice, group.Value.Uuid, 1, key, "Hello, all", deadline);
        GroupTexts texts = await groupOutbox.ReadAsync(group.Value, new Dictionary<uint, ReadOnlyMemory<byte>> { [1] = key }, days: 1, deadline);
        Assert.True(handedOut.IsSuccess && said.IsSuccess);
        Assert.Equal(key, keyOfBob.Value);
        Assert.Equal("Hello, all", texts.Texts.Single().Text);
    }

    [Fact]
    public async Task Contacts_are_kept_and_asked()
    {
        (ISecureDht dht, SuiteSet suites, TimeSpan deadline, IIdentityKeys alice, IIdentityKeys bob) = Given();
        using var network = new RecordNetwork(dht, suites, TimeProvider.System);
        using var profiles = new ProfileService(network);
        var names = new NameService(network, profiles);
        var keyserver = new KeyserverService(network, names);
        using var chunks = new ChunkStore(network);
        using var contacts = new ContactListService(network);
        Answer<ContactList> list = await contacts.AddAsync(alice, ContactList.Empty(alice.Fingerprint), bob.Fingerprint, deadline);
        var requests = new ContactRequestService(network);
        PutReport asked = await requests.SendAsync(bob, alice.Fingerprint, "bob", "May I?", deadline);
        Answer<IReadOnlyList<ContactRequest>> waiting = await requests.ListAsync(alice.Fingerprint, deadline);
        Assert.True(asked.IsSuccess);
        Assert.Equal([bob.Fingerprint], list.Value!.Contacts);
        Assert.Equal("May I?", waiting.Value!.Single().Message);
    }

    [Fact]
    public async Task A_wall_is_written_and_voted_on()
    {
        (ISecureDht dht, SuiteSet suites, TimeSpan deadline, IIdentityKeys alice, IIdentityKeys bob) = Given();
        using var network = new RecordNetwork(dht, suites, TimeProvider.System);
        using var profiles = new ProfileService(network);
        var names = new NameService(network, profiles);
        var keyserver = new KeyserverService(network, names);
        using var chunks = new ChunkStore(network);
        await keyserver.PublishAsync(alice, null, deadline);
        using var wall = new WallService(network, chunks, keyserver);
        PostReport posted = await wall.PostAsync(alice, alice.Fingerprint, "First post", "", deadline);
        Answer<WallPage> page = await wall.LoadAsync(alice.Fingerprint, 0, 20, deadline);
        var votes = new VoteService(network, keyserver);
        PutReport voted = await votes.VoteAsync(alice, page.Value!.Posts[0].Id, isUp: true, deadline);
        Answer<VoteCount> count = await votes.CountAsync(page.Value.Posts[0].Id, deadline);
        Assert.True(posted.IsSuccess && voted.IsSuccess);
        Assert.Equal(new VoteCount(1, 0, 0), count.Value);
    }

    [Fact]
    public async Task Presence_and_registry_are_read()
    {
        (ISecureDht dht, SuiteSet suites, TimeSpan deadline, IIdentityKeys alice, IIdentityKeys bob) = Given();
        using var network = new RecordNetwork(dht, suites, TimeProvider.System);
        using var profiles = new ProfileService(network);
        var names = new NameService(network, profiles);
        var keyserver = new KeyserverService(network, names);
        using var chunks = new ChunkStore(network);
        var presences = new PresenceService(network);
        PutReport announced = await presences.PublishAsync(alice, IPAddress.Loopback, 4001, deadline);
        Answer<Presence> where = await presences.FindAsync(alice.SigningKey, deadline);
        var registry = new RegistryService(network);
        PutReport noted = await registry.RegisterAsync(new RegistryNode("192.0.2.1", 4000, "00ff", "0.1.0", network.Now, 60), deadline);
        Answer<IReadOnlyList<RegistryNode>> nodes = await registry.FindAsync(10, deadline);
        Assert.True(announced.IsSuccess && noted.IsSuccess);
        Assert.Equal("127.0.0.1", where.Value!.Ip);
        Assert.Empty(nodes.Value!);
    }

    [Fact]
    public async Task A_long_record_is_written_and_read()
    {
        (ISecureDht dht, SuiteSet suites, TimeSpan deadline, IIdentityKeys alice, IIdentityKeys bob) = Given();
        using var network = new RecordNetwork(dht, suites, TimeProvider.System);
        using var chunks = new ChunkStore(network);
        byte[] record = RandomNumberGenerator.GetBytes(200_000);
        PutReport written = await chunks.WriteAsync("my:base", RecordLifetime.TypeFor(TimeSpan.FromDays(7)), record, deadline);
        Answer<IReadOnlyList<ChunkedValue>> whole = await chunks.ReadAllAsync("my:base", 1_000_000, deadline);
        Assert.True(written.IsSuccess);
        Assert.Equal(record, whole.Value!.Single().Data.ToArray());
    }

    [Fact]
    public async Task A_session_is_started_used_and_stopped()
    {
        (ISecureDht dht, SuiteSet suites, TimeSpan deadline, IIdentityKeys alice, IIdentityKeys bob) = Given();
        await using var session = new MessengerSession(new SessionOptions { Suites = suites });
        ResultCode started = await session.StartAsync(new SessionUser(alice, dht));
        PutReport published = await session.PublishKeysAsync(deadline);
        SendReport sent = await session.SendAsync(alice.Fingerprint, "A note to myself"u8.ToArray(), deadline);
        CheckReport arrived = await session.CheckAsync([alice.Fingerprint], InboxDepth.Recent, deadline);
        PutReport told = await session.ConfirmAsync(arrived.Messages, deadline);
        Assert.Equal(ResultCode.Success, started);
        Assert.True(published.IsSuccess && sent.IsSuccess && told.IsSuccess);
        Assert.Equal("A note to myself"u8.ToArray(), Assert.Single(arrived.Messages).Text.ToArray());
    }

    [Fact]
    public async Task A_session_takes_messages_directly_and_keeps_what_it_publishes()
    {
        (ISecureDht dht, SuiteSet suites, TimeSpan deadline, IIdentityKeys alice, _) = Given();
        string folder = Path.Combine(Path.GetTempPath(), $"dna-sample-{Guid.NewGuid():N}");
        byte[] record = [1, 2, 3];
        try
        {
            await using var reachable = new MessengerSession(new SessionOptions { Suites = suites, Directory = folder, Direct = new DirectOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0) } });
            ResultCode begun = await reachable.StartAsync(new SessionUser(alice, dht));
            IPEndPoint? takesAt = reachable.TakesAt;
            DirectStatistics direct = reachable.DirectStatistics;
            PublishTicket kept = reachable.Publishing.Add(PublishItem.Record("note", InfoHash.OfKey("my:note"), RecordLifetime.TypeFor(TimeSpan.FromDays(7)), record, isKept: true));
            PublishResult announcedUntilTold = await kept.Result;
            RegionStatistics keysRead = reachable.Caches!.Keys.Statistics;
            Assert.Equal((ResultCode.Success, PublishStatus.Published, 0L), (begun, announcedUntilTold.Status, keysRead.Damaged));
            Assert.NotEqual(0, takesAt!.Port);
            Assert.Equal(0, direct.Delivered);
            Answer<Presence> where = Answer<Presence>.No(ResultCode.NotFound);
            for (int i = 0; i < 600 && !where.IsSuccess; i++)
            {
                where = await reachable.Services.Presences.FindAsync(alice.SigningKey, Freshness.Fresh, deadline);
                if (!where.IsSuccess) await Task.Delay(100);
            }

            Assert.Equal((takesAt.Port, true), (where.Value!.Port, where.Value.IsSigned));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Records_are_cached_and_published_in_the_background()
    {
        (ISecureDht dht, SuiteSet suites, TimeSpan deadline, IIdentityKeys alice, _) = Given();
        string folder = Path.Combine(Path.GetTempPath(), $"dna-sample-{Guid.NewGuid():N}");
        using var network = new RecordNetwork(dht, suites, TimeProvider.System);
        using var profiles = new ProfileService(network);
        var names = new NameService(network, profiles);
        var keyserver = new KeyserverService(network, names);
        await profiles.UpdateAsync(alice, profile => profile with { Bio = "Hello" }, deadline);

        using var caches = new CacheManager(TimeProvider.System, folder);
        var records = new RecordCaches(caches, suites, alice.Fingerprint);
        using var cachedProfiles = new ProfileService(network, records);
        Answer<Profile> searched = await cachedProfiles.LoadAsync(alice.Fingerprint, deadline);
        Answer<Profile> answeredFromHere = await cachedProfiles.LoadAsync(alice.Fingerprint, deadline);
        Answer<Profile> searchedAgain = await cachedProfiles.LoadAsync(alice.Fingerprint, Freshness.Fresh, deadline);
        CacheStatistics numbers = caches.Statistics;

        await using var publishing = new PublishQueue(network);
        PublishTicket ticket = publishing.Add(PublishItem.Of("keys", (within, token) => keyserver.PublishAsync(alice, null, within, token)));
        PublishResult result = await ticket.Result;
        DrainReport drained = await publishing.DrainAsync(TimeSpan.FromSeconds(10));
        Assert.All([searched, answeredFromHere, searchedAgain], answer => Assert.Equal("Hello", answer.Value!.Bio));
        Assert.Equal((1, 2), (numbers.Hits, numbers.Misses));
        Assert.Equal(PublishStatus.Published, result.Status);
        Assert.Equal(0, drained.Cancelled);
        caches.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static (ISecureDht Dht, SuiteSet Suites, TimeSpan Deadline, IIdentityKeys Alice, IIdentityKeys Bob) Given() =>
        (new FakeNetwork().Client(1), Users.Known, TestClient.Deadline, Users.Fast(1), Users.Fast(2));

    private static string[] Lines(string text) => [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
