using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>All that a session has for the user it runs as: made at a start, ended at a stop, never used for another user.</summary>
internal sealed class UserScope
{
    public UserScope(SessionOptions options, SessionUser user)
    {
        Time = options.Time;
        User = user;
        Log = new MemoryDeliveryLog();
        Services = new MessengerServices(new RecordNetwork(user.Dht, options.Suites, options.Time), Log);
        Post = new MessagePost(Keys, Services);
    }

    public SessionUser User { get; }

    public IUserKeys Keys => User.Keys;

    public MessengerServices Services { get; }

    public IDeliveryLog Log { get; }

    public MessagePost Post { get; }

    /// <summary>Calls of the session; those on services are the network's.</summary>
    public CallGate Gate { get; } = new();

    public TimeProvider Time { get; }

    /// <summary>Lets no call in any more, waits for those that run, and ends everything.</summary>
    /// <returns>True when all ended by themselves within the bound.</returns>
    public async Task<bool> StopAsync(TimeSpan bound)
    {
        var within = new Deadline(Time, bound);
        bool areCallsOver = await Gate.CloseAsync(within.Left, Time).ConfigureAwait(false);
        bool isNetworkOver = await Services.Network.StopAsync(within.Left).ConfigureAwait(false);
        Services.Dispose();
        return areCallsOver && isNetworkOver;
    }
}
