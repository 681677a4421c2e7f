namespace Dna.Fast.Messenger;

/// <summary>A delivery log in a user's folder: one file for each sender, <c>delivered-SENDER</c>; a restarted receiver is told nothing twice. Any thread; processes share it.</summary>
internal sealed class FileDeliveryLog(StateFolder folder, TimeProvider time, Action<string>? notify) : IDeliveryLog
{
    private const string Begin = "delivered-";

    /// <summary>The lock of all of them: writing one takes milliseconds.</summary>
    private const string TurnName = "delivered";

    /// <summary>How long another process may keep the lock.</summary>
    private static readonly TimeSpan TurnBound = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly MemoryDeliveryLog _known = new();
    private readonly HashSet<string> _loaded = [];

    private ulong Now => (ulong)Math.Max(0, time.GetUtcNow().ToUnixTimeSeconds());

    public bool Contains(string sender, MessageDigest message) => _known.Contains(sender, message);

    public void Add(string sender, MessageDigest message, ulong timestamp, ulong expiry, ulong now) => _known.Add(sender, message, timestamp, expiry, now);

    public (IReadOnlyList<MessageDigest> Messages, ulong Newest) DeliveredFrom(string sender, int max) => _known.DeliveredFrom(sender, max);

    public async ValueTask<bool> OpenAsync(string sender, CancellationToken cancellation = default) =>
        await InTurnAsync(() => Load(sender), cancellation).ConfigureAwait(false);

    public async ValueTask<bool> AddAsync(string sender, IReadOnlyCollection<DeliveredEntry> messages, ulong now, CancellationToken cancellation = default)
    {
        // At first here: whatever comes of the file, this process hands none of them out again, and the next writing of the file has them.
        foreach (DeliveredEntry message in messages) Add(sender, message.Id, message.Timestamp, message.Expiry, now);
        return await InTurnAsync(
            () =>
            {
                Load(sender);
                folder.Write(StateKind.Delivered, Begin + sender, _known.Write(sender));
            },
            cancellation).ConfigureAwait(false);
    }

    private async Task<bool> InTurnAsync(Action action, CancellationToken cancellation)
    {
        try
        {
            using FileTurn? turn = await folder.Turns.EnterAsync(TurnName, new Deadline(time, TurnBound), cancellation).ConfigureAwait(false);
            if (turn is null)
            {
                notify?.Invoke("Which messages were delivered is being written by another process, for longer than anybody waits.");
                return false;
            }

            // What another process wrote since is read again when it is asked for; what we know besides is kept.
            if (!turn.WasOurs) lock (_lock) _loaded.Clear();
            action();
            return true;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            notify?.Invoke("Which messages were delivered cannot be kept: " + refusal.Message);
            return false;
        }
    }

    private void Load(string sender)
    {
        lock (_lock)
        {
            if (!_loaded.Add(sender)) return;
        }

        try
        {
            _known.Read(sender, folder.Read(StateKind.Delivered, Begin + sender) ?? [], Now);
        }
        catch
        {
            lock (_lock) _loaded.Remove(sender);
            throw;
        }
    }
}
