namespace Dna.Fast.Messenger;

/// <summary>All services of one user over one network. Any thread; after their session stopped, or runs as somebody else, calls answer <see cref="ResultCode.NotInitialized"/> and send nothing.</summary>
public sealed class MessengerServices : IDisposable
{
    /// <summary>Services without a session, for whoever only reads; whoever made them disposes them, and the network with them.</summary>
    /// <param name="caches">Null: every call asks the network. The caches are their maker's.</param>
    public MessengerServices(RecordNetwork network, IDeliveryLog log, RecordCaches? caches = null)
        : this(network, log, new MemoryOutboxStore(), caches)
    {
    }

    internal MessengerServices(RecordNetwork network, IDeliveryLog log, IOutboxStore outboxes, RecordCaches? caches, SaltBook? salts = null)
    {
        Network = network;
        Chunks = new ChunkStore(network);
        Profiles = new ProfileService(network, caches);
        Names = new NameService(network, Profiles, caches);
        Keyserver = new KeyserverService(network, Names, caches);
        Queue = new OfflineQueue(network, Chunks, outboxes) { Salts = salts };
        Inbox = new Inbox(network, Chunks, log) { Salts = salts };
        Contacts = new ContactListService(network);
        Requests = new ContactRequestService(network);
        Groups = new GroupService(network, caches);
        GroupKeys = new GroupKeyService(Chunks, network.Suites);
        GroupOutbox = new GroupOutbox(network, Chunks, Keyserver);
        Wall = new WallService(network, Chunks, Keyserver);
        Votes = new VoteService(network, Keyserver);
        Presences = new PresenceService(network, caches);
        Registry = new RegistryService(network);
    }

    public RecordNetwork Network { get; }

    public ChunkStore Chunks { get; }

    public KeyserverService Keyserver { get; }

    public NameService Names { get; }

    public ProfileService Profiles { get; }

    public OfflineQueue Queue { get; }

    public Inbox Inbox { get; }

    public ContactListService Contacts { get; }

    public ContactRequestService Requests { get; }

    public GroupService Groups { get; }

    public GroupKeyService GroupKeys { get; }

    public GroupOutbox GroupOutbox { get; }

    public WallService Wall { get; }

    public VoteService Votes { get; }

    public PresenceService Presences { get; }

    public RegistryService Registry { get; }

    /// <summary>Ends all announcements and calls. Their session does it.</summary>
    public void Dispose()
    {
        Network.Dispose();
        Chunks.Dispose();
        Profiles.Dispose();
        Queue.Dispose();
        Contacts.Dispose();
        Groups.Dispose();
        GroupOutbox.Dispose();
        Wall.Dispose();
    }
}
