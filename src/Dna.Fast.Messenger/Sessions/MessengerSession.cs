using System.Net;
using System.Net.Sockets;

namespace Dna.Fast.Messenger;

/// <summary>A client of this layer from its start to its stop: one user's services over one network, what they must remember, and the messages that arrive (DNA layer, sections 3.2 and 20).</summary>
/// <remarks>
/// <list type="bullet">
/// <item>An ordinary object: as many in a process as there are users. Any thread; calls may overlap. Nothing of the caller's runs under a lock.</item>
/// <item>Nobody has to wait before calling: a call waits by itself, within its deadline, until the network answers. Before the start and after the stop the answer is
/// <see cref="ResultCode.NotInitialized"/>.</item>
/// <item>A deadline covers a whole call. Only a cancelled token throws.</item>
/// </list>
/// </remarks>
public sealed class MessengerSession : IAsyncDisposable
{
    /// <summary>The meter of <see cref="System.Diagnostics.Metrics"/> that shows sessions in numbers.</summary>
    public const string MeterName = "Dna.Fast.Messenger";

    /// <summary>How long <see cref="DisposeAsync"/> waits for calls: what a put on a slow network takes.</summary>
    public static readonly TimeSpan StopBound = TimeSpan.FromSeconds(10);

    /// <summary>Between two questions whether the network is there: the first pause, and the longest.</summary>
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100), PauseMax = TimeSpan.FromSeconds(2);

    private readonly SessionOptions _options;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private UserScope? _scope;

    public MessengerSession(SessionOptions options) => _options = options;

    /// <summary>True between start and stop.</summary>
    public bool IsRunning => _scope is not null;

    /// <summary>Whose session it is.</summary>
    /// <exception cref="InvalidOperationException">Not running.</exception>
    public SessionUser User => Scope.User;

    /// <summary>The services of that user; others after <see cref="SwitchAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">Not running.</exception>
    public MessengerServices Services => Scope.Services;

    /// <summary>What was read of others; null when the options say so.</summary>
    /// <exception cref="InvalidOperationException">Not running.</exception>
    public RecordCaches? Caches => Scope.Caches?.Records;

    /// <summary>Publishes in the background as that user. Kept records are published again at each start with a folder; a stop drains it.</summary>
    /// <exception cref="InvalidOperationException">Not running.</exception>
    public PublishQueue Publishing => Scope.Publishing;

    /// <summary>Where messages are taken directly, with the port that was free; null when they are not.</summary>
    public IPEndPoint? TakesAt => Volatile.Read(ref _scope)?.Direct.TakesAt;

    /// <summary>Direct delivery in numbers, for the present user.</summary>
    public DirectStatistics DirectStatistics => Volatile.Read(ref _scope)?.Direct.Counters.Read() ?? new DirectStatistics();

    /// <inheritdoc cref="UserScope.Resumed"/>
    internal Task Resumed => Scope.Resumed;

    private UserScope Scope => Volatile.Read(ref _scope) ?? throw new InvalidOperationException("The session is not running: start it first.");

    /// <summary>Starts as a user: reads the user's state. Does not ask the network for anything.</summary>
    /// <returns>AlreadyExists when it runs already; StorageError when the user's folder cannot be used, and NetworkError when messages cannot be taken at the address of
    /// <see cref="DirectOptions.Listen"/>; <see cref="SessionOptions.Notify"/> was told why.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<ResultCode> StartAsync(SessionUser user, CancellationToken cancellation = default)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return IsRunning ? ResultCode.AlreadyExists : await BeginAsync(user).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Goes on as another user, over the same or another network: stops as the present one, as <see cref="StopAsync"/> does, and starts as the other.</summary>
    /// <returns>As <see cref="StartAsync"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before anything was stopped.</exception>
    public async Task<ResultCode> SwitchAsync(SessionUser user, TimeSpan bound, CancellationToken cancellation = default)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await EndAsync(bound).ConfigureAwait(false);
            return await BeginAsync(user).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits until a node answers: what is asked from then on is asked of a network that is there.</summary>
    /// <returns>Success; Timeout or NetworkError when none did in time.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<ResultCode> WhenReadyAsync(TimeSpan deadline, CancellationToken cancellation = default) =>
        CallAsync(ResultCode.NotInitialized, deadline, WhenReadyAsync, cancellation);

    /// <summary>Publishes what others need to find us and to write to us: public keys and reverse entry, under the name they have already, and the owner key's certificate.</summary>
    /// <returns>The worse of the puts. When our entry, or without one our profile, cannot be read, nothing is written.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<PutReport> PublishKeysAsync(TimeSpan deadline, CancellationToken cancellation = default) =>
        CallAsync(PutReport.No(ResultCode.NotInitialized), deadline, KeyPublisher.PublishAsync, cancellation);

    /// <summary>Seals a text for a user and queues it; with <see cref="DirectOptions"/> it goes to the recipient's client first, and is queued unless that signed for it.</summary>
    /// <param name="nameOrFingerprint">Who shall read it.</param>
    /// <returns>As <see cref="KeyserverService.LookupAsync(string, TimeSpan, CancellationToken)"/> when the recipient's keys are not found, as <see cref="OfflineQueue.QueueAsync"/> else; CryptographyFailed when the recipient's
    /// keys are of another suite than ours.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<SendReport> SendAsync(string nameOrFingerprint, ReadOnlyMemory<byte> text, TimeSpan deadline, CancellationToken cancellation = default) =>
        CallAsync(
            new SendReport(ResultCode.NotInitialized, default, 0, false),
            deadline,
            (scope, within, token) => scope.Post.SendAsync(nameOrFingerprint, text, within, token),
            cancellation);

    /// <summary>Reads what users sent us that was not confirmed yet.</summary>
    /// <param name="senders">Fingerprints.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<CheckReport> CheckAsync(IReadOnlyCollection<string> senders, InboxDepth depth, TimeSpan deadline, CancellationToken cancellation = default) =>
        CallAsync(new CheckReport([], [.. senders], 0), deadline, (scope, within, token) => CheckAsync(scope, senders, depth, within, token), cancellation);

    /// <summary>Says that the application has messages safe: they are not handed out again, and their senders are told.</summary>
    /// <returns>What came of telling. StorageError: nobody was told, and after a restart they are handed out again.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<PutReport> ConfirmAsync(IReadOnlyCollection<ReceivedMessage> messages, TimeSpan deadline, CancellationToken cancellation = default) =>
        CallAsync(
            PutReport.No(ResultCode.NotInitialized),
            deadline,
            (scope, within, token) => scope.Services.Inbox.ConfirmAsync(scope.Keys, [.. messages.Select(message => message.Sealed).OfType<OfflineMessage>()], within.Left, token),
            cancellation);

    /// <summary>Receives by listening, until the enumeration is left or the session stops: what waits already, and each new message once, in the order in which its sender sent it.</summary>
    /// <remarks>
    /// A message counts as delivered when the next one is asked for: whoever stops before that is handed it again. Networks that come and go, days that end, and listeners that fall behind are
    /// overcome inside. Of several enumerations at once each message goes to one; when that is left before it asks for the next, to another.
    /// </remarks>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IAsyncEnumerable<ReceivedMessage> ReceiveAsync(ReceiveOptions options, CancellationToken cancellation = default) =>
        Volatile.Read(ref _scope) is { } scope ? new MessageReceiver(scope, options).RunAsync(cancellation) : AsyncEnumerable.Empty<ReceivedMessage>();

    /// <summary>Stops: lets no call in any more, waits for those that run, cancels the late ones, and ends all announcements. Stopping twice is no error.</summary>
    /// <param name="bound">How long calls may take to end by themselves.</param>
    /// <returns>True when all did.</returns>
    public async Task<bool> StopAsync(TimeSpan bound)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return await EndAsync(bound).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops within <see cref="StopBound"/>.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(StopBound).ConfigureAwait(false);

    private static async Task<ResultCode> WhenReadyAsync(UserScope scope, Deadline deadline, CancellationToken cancellation)
    {
        for (TimeSpan pause = PauseMin; ; pause = 2 * pause < PauseMax ? 2 * pause : PauseMax)
        {
            RecordsFound found = await scope.Services.Network.GetAllAsync(DnaKeys.PublicKeys(scope.Keys.Fingerprint), deadline, cancellation).ConfigureAwait(false);
            if (found.Code is ResultCode.Success or ResultCode.NotFound) return ResultCode.Success;
            if (deadline.Left <= pause) return found.Code;
            await Task.Delay(pause, scope.Time, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<CheckReport> CheckAsync(UserScope scope, IReadOnlyCollection<string> senders, InboxDepth depth, Deadline deadline, CancellationToken cancellation)
    {
        (IReadOnlyList<(ReceivedMessage[] Opened, int Refused)> read, IReadOnlyList<string> unknown) =
            await scope.Services.Inbox.RetrieveAsync(
                scope.Keys.Fingerprint, senders, depth, found => (scope.Post.Open(found, out int refused), refused), deadline, cancellation).ConfigureAwait(false);
        ReceivedMessage[] opened = [.. read.SelectMany(sender => sender.Opened)];
        return new CheckReport(await scope.Salting.SiftAsync(opened, deadline, cancellation).ConfigureAwait(false), unknown, read.Sum(sender => sender.Refused));
    }

    /// <summary>Runs a call inside the gate of the user's scope.</summary>
    private async Task<T> CallAsync<T>(T refusal, TimeSpan deadline, Func<UserScope, Deadline, CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _scope) is not { } scope || !scope.Gate.TryEnter()) return refusal;
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, scope.Gate.Ended);
            return await call(scope, new Deadline(scope.Time, deadline), either.Token).ConfigureAwait(false);
        }
        finally
        {
            scope.Gate.Leave();
        }
    }

    private async Task<ResultCode> BeginAsync(SessionUser user)
    {
        UserScope scope;
        try
        {
            scope = new UserScope(_options, user);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            _options.Notify?.Invoke("The state of this user cannot be used: " + refusal.Message);
            return ResultCode.StorageError;
        }

        try
        {
            scope.Begin();
        }
        catch (SocketException refusal)
        {
            _options.Notify?.Invoke($"No messages can be taken at {_options.Direct?.Listen}: {refusal.Message}");
            await scope.StopAsync(TimeSpan.Zero).ConfigureAwait(false);
            return ResultCode.NetworkError;
        }

        Volatile.Write(ref _scope, scope);
        return ResultCode.Success;
    }

    private async Task<bool> EndAsync(TimeSpan bound) => Interlocked.Exchange(ref _scope, null) is not { } scope || await scope.StopAsync(bound).ConfigureAwait(false);
}
