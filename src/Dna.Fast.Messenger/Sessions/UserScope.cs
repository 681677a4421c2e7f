using System.Net;
using System.Net.Sockets;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>All that a session has for the user it runs as: made at a start, ended at a stop, never used for another user.</summary>
internal sealed class UserScope
{
    /// <summary>The list of records that are published again after each start, in the user's folder.</summary>
    private const string KeptFile = "kept-records";

    private readonly IPEndPoint? _presence;
    private readonly UnsentMessages _unsent;
    private Task _said = Task.CompletedTask;
    private Task _sentAgain = Task.CompletedTask;

    /// <summary>How long a stop waits for that: a put over a network that is there. Without one a command would end as late as a call may.</summary>
    private static readonly TimeSpan ResumeGrace = TimeSpan.FromSeconds(2);

    private CancellationTokenSource Resuming { get; } = new();

    /// <exception cref="IOException">The user's folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The user's folder cannot be used.</exception>
    public UserScope(SessionOptions options, SessionUser user)
    {
        Time = options.Time;
        User = user;
        _presence = options.Presence;
        if (options.Directory is { } directory)
        {
            Folder = new StateFolder(Path.Combine(Path.GetFullPath(directory), user.Keys.Fingerprint), options.Time, options.Notify);
            Folder.Make();
        }

        Log = Folder is null ? new MemoryDeliveryLog() : new FileDeliveryLog(Folder, options.Time, options.Notify);
        IOutboxStore outboxes = Folder is null ? new MemoryOutboxStore() : new FileOutboxStore(Folder);
        var network = new RecordNetwork(user.Dht, options.Suites, options.Time);
        if (options.HasCaches) Caches = new SessionCaches(network, options, user.Keys.Fingerprint);
        Salts = Folder is null ? null : new SaltBook(Keys, Folder, options.Time, options.Notify);
        Services = new MessengerServices(network, Log, outboxes, Caches?.Records, Salts);
        Salting = new SaltExchange(Keys, Services, Salts, options.HasSaltedKeys);
        Publishing = new PublishQueue(network, new PublishOptions { KeptFile = options.Directory is null ? null : Path.Combine(options.Directory, user.Keys.Fingerprint, KeptFile) });
        Direct = new DirectDelivery(options.Direct, Keys, Services, Log, Time);
        Post = new MessagePost(Keys, Services, Direct.Sender, Salting);
        _unsent = new UnsentMessages(Services.Queue, Keys, Gate, Time);
        // Last: whoever collects asks for all of it.
        Metrics = new SessionMetrics(this);
    }

    public DirectDelivery Direct { get; }

    /// <summary>Null: none is kept, so none is agreed upon.</summary>
    public SaltBook? Salts { get; }

    public SaltExchange Salting { get; }

    /// <summary>Null: every call asks the network.</summary>
    public SessionCaches? Caches { get; }

    /// <summary>What is published in the background.</summary>
    public PublishQueue Publishing { get; }

    public SessionMetrics Metrics { get; }

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

    /// <summary>Begins what goes on by itself: takes messages directly, says where, and sends what an earlier run left or a call could not.</summary>
    /// <exception cref="SocketException">The address of <see cref="DirectOptions.Listen"/> cannot be bound; nothing was begun.</exception>
    public void Begin()
    {
        Direct.Begin();
        if ((_presence ?? Direct.AnnouncedAt) is { } at) _said = new PresenceKeeper(Services.Presences, Keys, Time).RunAsync(at, Gate.Closing);
        // Let in already here: a stop right after the start waits for it.
        if (Folder is not null && Gate.TryEnter()) Resumed = Task.Run(() => _unsent.SendInsideAsync(Resuming.Token));
        _sentAgain = Task.Run(() => _unsent.RunAsync(Resuming.Token));
    }

    /// <summary>Lets no call in any more, waits for those that run, and ends everything.</summary>
    /// <returns>True when all ended by themselves within the bound.</returns>
    public async Task<bool> StopAsync(TimeSpan bound)
    {
        var within = new Deadline(Time, bound);
        Task<bool> closing = Gate.CloseAsync(within.Left, Time);
        await EndResumingAsync(within.Left < ResumeGrace ? within.Left : ResumeGrace).ConfigureAwait(false);
        bool areCallsOver = await closing.ConfigureAwait(false);
        // What waits to be published is told; a kept record lies in its file.
        await Publishing.DrainAsync(within.Left).ConfigureAwait(false);
        await Publishing.DisposeAsync().ConfigureAwait(false);
        bool isNetworkOver = await Services.Network.StopAsync(within.Left).ConfigureAwait(false);
        await Direct.DisposeAsync().ConfigureAwait(false);
        await _said.ConfigureAwait(false);
        Metrics.Dispose();
        Services.Dispose();
        Caches?.Dispose();
        Folder?.Dispose();
        return areCallsOver && isNetworkOver;
    }

    private async Task EndResumingAsync(TimeSpan within)
    {
        try
        {
            await Task.WhenAll(Resumed, _sentAgain).WaitAsync(within, Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await Resuming.CancelAsync().ConfigureAwait(false);
        }
    }
}
