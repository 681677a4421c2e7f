using System.Runtime.CompilerServices;

namespace Dna.Fast.Messenger;

/// <summary>Receives by listening: whoever has news is read, and what is new is handed out, each message once, in the order in which its sender sent it. One enumeration.</summary>
/// <remarks>A listener only says that there is something: what there is, the same reading as always says, so that nothing depends on what a listener heard.</remarks>
internal sealed class MessageReceiver(UserScope scope, ReceiveOptions options)
{
    /// <summary>Of one reading, and of telling senders.</summary>
    private static readonly TimeSpan CallBound = TimeSpan.FromSeconds(30);

    /// <summary>As long as the platform can wait.</summary>
    private static readonly TimeSpan SweepPeriodMax = TimeSpan.FromDays(24);

    private readonly WakeList _wakes = new();
    private readonly List<(string Sender, Action News)> _direct = [];
    private readonly List<Task> _background = [];
    private readonly HashSet<(int Source, ulong Place)> _places = [];
    private readonly KeyListener _listener = new(scope.User.Dht, scope.Time);
    private readonly List<WatchedGroup> _watched = [];
    private readonly string[] _senders = [.. options.Senders.Select(sender => Kademlia.UserFingerprint.Normalise(sender)).OfType<string>().Distinct()];
    private readonly GroupReader[] _groups = [.. options.Groups.Select(group => new GroupReader(scope.Keys, scope.Services, scope.Log, group))];

    private readonly TimeSpan _sweepPeriod = options.SweepPeriod < SweepPeriodMax ? options.SweepPeriod : SweepPeriodMax;

    private int Sources => _senders.Length + _groups.Length;

    public async IAsyncEnumerable<ReceivedMessage> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, scope.Gate.Closing);
        await OpenSaltsAsync(ended.Token).ConfigureAwait(false);
        Begin(ended.Token);
        SourceReading[] readings = [.. Enumerable.Range(0, Sources).Select(_ => new SourceReading())];
        try
        {
            while (await NextAsync(ended.Token).ConfigureAwait(false) is { } source)
            {
                ulong now = scope.Services.Network.Now;
                InboxDepth depth = readings[source].DepthAt(now);
                (IReadOnlyList<ReceivedMessage> messages, bool isKnown) = await ReadAsync(source, depth, ended.Token).ConfigureAwait(false);
                if (readings[source].Add(depth, now, isKnown) is { } pause) _ = WakeLaterAsync(source, pause, ended.Token);
                if (source < _senders.Length) ListenTo(source, ended.Token);
                bool isAnyKept = false;
                foreach (ReceivedMessage message in WithDirect(source, messages))
                {
                    if (!scope.HandOuts.TryBegin(message.Id))
                    {
                        // Another enumeration hands it out: when that is left it comes here.
                        _ = WakeLaterAsync(source, SourceReading.PauseMin, ended.Token);
                        continue;
                    }

                    IDisposable? turn = null;
                    try
                    {
                        turn = await TurnAsync(source, message, ended.Token).ConfigureAwait(false);
                        // Another enumeration, or process, may have had it since it was read.
                        if (!scope.Log.Contains(LogNameOf(source), message.Id))
                        {
                            yield return message;
                            // Who asks for more has this one. It is kept also when the session stopped meanwhile.
                            await KeepAsync(source, message).ConfigureAwait(false);
                            isAnyKept = true;
                        }

                        scope.Direct.Inbox.Complete(message.Id);
                    }
                    finally
                    {
                        turn?.Dispose();
                        scope.HandOuts.End(message.Id);
                    }
                }

                if (isAnyKept && source < _senders.Length) await TellAsync(source, ended.Token).ConfigureAwait(false);
            }

            cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await EndAsync().ConfigureAwait(false);
        }
    }

    private async Task EndAsync()
    {
        await Task.WhenAll(_background).ConfigureAwait(false);
        foreach (WatchedGroup group in _watched) scope.Caches?.Unwatch(group);
        foreach ((string sender, Action news) in _direct) scope.Direct.Inbox.EndReceiving(sender, news);
        foreach (GroupReader group in _groups) group.Forget();
    }

    /// <summary>Waits for the turn among processes, and learns what the others kept until then.</summary>
    private async Task<IDisposable?> TurnAsync(int source, ReceivedMessage message, CancellationToken ended)
    {
        if (options.Turn is not { } enter) return null;
        IDisposable? turn = null;
        try
        {
            turn = await enter(message, ended).ConfigureAwait(false);
            await scope.Log.OpenAsync(LogNameOf(source), ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Whoever asks for the next message hears of it.
        }

        return turn;
    }

    /// <summary>What was read, and then what came directly: whoever sends directly has put everything before it into the outbox.</summary>
    private IReadOnlyList<ReceivedMessage> WithDirect(int source, IReadOnlyList<ReceivedMessage> messages)
    {
        if (source >= _senders.Length || scope.Direct.Inbox.Waiting(_senders[source]) is not { Length: > 0 } direct) return messages;
        return [.. messages.Concat(direct).DistinctBy(message => message.Id)];
    }

    private string LogNameOf(int source) => source < _senders.Length ? _senders[source] : _groups[source - _senders.Length].LogName;

    private async Task OpenSaltsAsync(CancellationToken ended)
    {
        try
        {
            if (scope.Salts is { } salts) await salts.OpenAsync(ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Whoever asks for the first message hears of it.
        }
    }

    private void Begin(CancellationToken ended)
    {
        for (int source = 0; source < Sources; source++)
        {
            int which = source;
            _wakes.Wake(which);
            Action news = () => _wakes.Wake(which);
            if (which < _senders.Length)
            {
                string sender = _senders[which];
                scope.Direct.Inbox.Receive(sender, news);
                _direct.Add((sender, news));
                ListenTo(which, ended);
            }
            else
            {
                WatchedGroup group = options.Groups.ElementAt(which - _senders.Length);
                string uuid = group.Uuid;
                if (scope.Caches?.Watch(group) == true) _watched.Add(group);
                _background.Add(new DayListener(_listener, scope.Time, (day, part) => GroupOutbox.PartBase(uuid, day, part), GroupOutbox.PartsMax, news).RunAsync(ended));
            }
        }

        _background.Add(SweepAsync(ended));
    }

    /// <summary>Listens to a sender's places that are not listened to yet: one more after a salt was agreed upon.</summary>
    private void ListenTo(int source, CancellationToken ended)
    {
        string sender = _senders[source], me = scope.Keys.Fingerprint;
        Action news = () => _wakes.Wake(source);
        foreach (OutboxPlace place in scope.Salts?.FromContact(sender, scope.Services.Network.Now) ?? [OutboxPlace.Plain(sender, me)])
        {
            if (!_places.Add((source, place.Mark))) continue;
            _background.Add(_listener.ListenAsync(place.Outbox, news, ended));
            _background.Add(new DayListener(_listener, scope.Time, place.PartBase, OutboxLimits.PartsMax, news).RunAsync(ended));
        }
    }

    private async Task SweepAsync(CancellationToken ended)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_sweepPeriod, scope.Time, ended).ConfigureAwait(false);
                for (int source = 0; source < Sources; source++) _wakes.Wake(source);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
    }

    private async Task WakeLaterAsync(int source, TimeSpan pause, CancellationToken ended)
    {
        try
        {
            await Task.Delay(pause, scope.Time, ended).ConfigureAwait(false);
            _wakes.Wake(source);
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
    }

    /// <returns>Null when the session stopped, or the caller cancelled.</returns>
    private async Task<int?> NextAsync(CancellationToken ended)
    {
        try
        {
            return await _wakes.NextAsync(ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<(IReadOnlyList<ReceivedMessage> Messages, bool IsKnown)> ReadAsync(int source, InboxDepth depth, CancellationToken ended)
    {
        try
        {
            var deadline = new Deadline(scope.Time, CallBound);
            if (source >= _senders.Length) return await _groups[source - _senders.Length].ReadAsync(depth, deadline, ended).ConfigureAwait(false);
            // Who sent directly waits for an answer.
            TimeSpan within = scope.Direct.Inbox.Has(_senders[source]) ? DirectLimits.OutboxWithin : deadline.Left;
            InboxReport inbox = await scope.Services.Inbox.RetrieveAsync(scope.Keys.Fingerprint, [_senders[source]], depth, within, ended).ConfigureAwait(false);
            ReceivedMessage[] opened = scope.Post.Open(inbox.Messages, out _);
            return (await scope.Salting.SiftAsync(opened, new Deadline(scope.Time, CallBound), ended).ConfigureAwait(false), inbox.Unknown.Count == 0);
        }
        catch (OperationCanceledException)
        {
            return ([], true);
        }
    }

    private async Task KeepAsync(int source, ReceivedMessage message)
    {
        // Not cancelled by anybody: it takes a write to the disk.
        if (message.Sealed is { } sealedMessage) await scope.Services.Inbox.KeepAsync([sealedMessage], CancellationToken.None).ConfigureAwait(false);
        else await _groups[source - _senders.Length].KeepAsync(message, scope.Services.Network.Now, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task TellAsync(int source, CancellationToken ended)
    {
        try
        {
            // Whether the sender hears of it now or with the next message does not matter.
            await scope.Services.Inbox.TellAsync(scope.Keys, [_senders[source]], new Deadline(scope.Time, CallBound), ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The next acknowledgement says it too.
        }
    }
}
