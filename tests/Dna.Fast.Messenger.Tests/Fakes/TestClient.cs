using Dna.Fast.Kademlia;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Fakes;

/// <summary>The services of one user, on a fake network or a real one. Its owner key differs from the user's, as in the original.</summary>
internal sealed class TestClient
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Of calls during which a test lets time pass as fast as it can: more than passes in a minute of real time.</summary>
    public static readonly TimeSpan NoDeadline = TimeSpan.FromDays(1000);

    public TestClient(FakeNetwork fake, IUserKeys keys, byte owner, FakeTimeProvider time)
        : this(fake.Client(owner), keys, time)
    {
    }

    public TestClient(ISecureDht dht, IUserKeys keys, TimeProvider time)
    {
        Keys = keys;
        Dht = (dht as FakeDht)!;
        Network = new RecordNetwork(dht, Users.Known, time);
        Profiles = new ProfileService(Network);
        Names = new NameService(Network, Profiles);
        Keyserver = new KeyserverService(Network, Names);
        Chunks = new ChunkStore(Network);
        Queue = new OfflineQueue(Network, Chunks);
        Inbox = new Inbox(Network, Chunks, new MemoryDeliveryLog());
        Contacts = new ContactListService(Network);
        Requests = new ContactRequestService(Network);
        Groups = new GroupService(Network);
        GroupKeys = new GroupKeyService(Chunks, Users.Known);
        GroupOutbox = new GroupOutbox(Network, Chunks, Keyserver);
        Presences = new PresenceService(Network);
        Registry = new RegistryService(Network);
        Wall = new WallService(Network, Chunks, Keyserver);
        Votes = new VoteService(Network, Keyserver);
    }

    public IUserKeys Keys { get; }

    /// <summary>Null on a real network.</summary>
    public FakeDht Dht { get; }

    public RecordNetwork Network { get; }

    public ProfileService Profiles { get; }

    public NameService Names { get; }

    public KeyserverService Keyserver { get; }

    public ChunkStore Chunks { get; }

    public OfflineQueue Queue { get; }

    public Inbox Inbox { get; }

    public ContactListService Contacts { get; }

    public ContactRequestService Requests { get; }

    public GroupService Groups { get; }

    public GroupKeyService GroupKeys { get; }

    public GroupOutbox GroupOutbox { get; }

    public PresenceService Presences { get; }

    public RegistryService Registry { get; }

    public WallService Wall { get; }

    public VoteService Votes { get; }

    /// <summary>Moves a clock on until a task is over; a minute of real time is the limit.</summary>
    public static async Task PassTimeUntilAsync(Task task, FakeTimeProvider time)
    {
        for (long start = Environment.TickCount64; !task.IsCompleted && Environment.TickCount64 - start < 60_000;)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.True(task.IsCompleted);
    }

    public static FakeTimeProvider Clock() => new(DateTimeOffset.FromUnixTimeSeconds(1_795_363_437));
}
