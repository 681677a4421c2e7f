using System.Net.Sockets;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>All that a session has for the user it runs as: made at a start, ended at a stop, never used for another user.</summary>
internal sealed class UserScope
{
    /// <summary>How long what an earlier run left may take to be sent: it is tried again at the next start.</summary>
    private static readonly TimeSpan ResumeBound = TimeSpan.FromMinutes(2);

    /// <exception cref="IOException">The user's folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The user's folder cannot be used.</exception>
    public UserScope(SessionOptions options, SessionUser user)
    {
        Time = options.Time;
        User = user;
        if (options.Directory is { } directory)
        {
            Folder = new StateFolder(Path.Combine(Path.GetFullPath(directory), user.Keys.Fingerprint), options.Time, options.Notify);
            Folder.Make();
        }

        Log = Folder is null ? new MemoryDeliveryLog() : new FileDeliveryLog(Folder, options.Time, options.Notify);
        IOutboxStore outboxes = Folder is null ? new MemoryOutboxStore() : new FileOutboxStore(Folder);
        Services = new MessengerServices(new RecordNetwork(user.Dht, options.Suites, options.Time), Log, outboxes, user.Caches);
        Direct = new DirectDelivery(options.Direct, Keys, Services, Log, Time);
        Post = new MessagePost(Keys, Services, Direct.Sender);
    }

    public DirectDelivery Direct { get; }

    /// <summary>Messages that an enumeration has handed out and not kept yet.</summary>
    public HandOuts HandOuts { get; } = new();

    /// <summary>Null: nothing is kept.</summary>
    public StateFolder? Folder { get; }

    public SessionUser User { get; }

    public IUserKeys Keys => User.Keys;

    public MessengerServices Services { get; }

    public IDeliveryLog Log { get; }

    public MessagePost Post { get; }

    /// <summary>Calls of the session; those on services are the network's.</summary>
    public CallGate Gate { get; } = new();

    public TimeProvider Time { get; }

    /// <summary>Ends when what an earlier run left is sent, or cannot be sent now.</summary>
    public Task Resumed { get; private set; } = Task.CompletedTask;

    /// <summary>Begins what goes on by itself: takes messages directly, says where, and sends what an earlier run left.</summary>
    /// <exception cref="SocketException">The address of <see cref="DirectOptions.Listen"/> cannot be bound; nothing was begun.</exception>
    public void Begin()
    {
        Direct.Begin(Gate.Closing);
        if (Folder is null || !Gate.TryEnter()) return;
        Resumed = Task.Run(ResumeAsync);
    }

    /// <summary>Lets no call in any more, waits for those that run, and ends everything.</summary>
    /// <returns>True when all ended by themselves within the bound.</returns>
    public async Task<bool> StopAsync(TimeSpan bound)
    {
        var within = new Deadline(Time, bound);
        bool areCallsOver = await Gate.CloseAsync(within.Left, Time).ConfigureAwait(false);
        bool isNetworkOver = await Services.Network.StopAsync(within.Left).ConfigureAwait(false);
        await Direct.DisposeAsync().ConfigureAwait(false);
        Services.Dispose();
        Folder?.Dispose();
        return areCallsOver && isNetworkOver;
    }

    private async Task ResumeAsync()
    {
        try
        {
            await Services.Queue.ResumeAsync(Keys, ResumeBound, Gate.Ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopped: the next start goes on.
        }
        finally
        {
            Gate.Leave();
        }
    }
}
