using Dna.Fast.Kademlia;
using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>The services of the DNA layer over one network. Disposing ends all announcements; it does not dispose the network.</summary>
internal sealed class SceneServices : IDisposable
{
    public SceneServices(ISecureDht dht, SuiteSet suites)
    {
        Network = new RecordNetwork(dht, suites, TimeProvider.System);
        Chunks = new ChunkStore(Network);
        Profiles = new ProfileService(Network);
        Names = new NameService(Network, Profiles);
        Keyserver = new KeyserverService(Network, Names);
        Contacts = new ContactListService(Network);
        Requests = new ContactRequestService(Network);
        Presences = new PresenceService(Network);
    }

    public RecordNetwork Network { get; }

    public ChunkStore Chunks { get; }

    public ProfileService Profiles { get; }

    public NameService Names { get; }

    public KeyserverService Keyserver { get; }

    public ContactListService Contacts { get; }

    public ContactRequestService Requests { get; }

    public PresenceService Presences { get; }

    public void Dispose()
    {
        Contacts.Dispose();
        Profiles.Dispose();
        Chunks.Dispose();
        Network.Dispose();
    }
}
