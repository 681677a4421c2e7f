using System.Threading.Channels;

namespace Dna.Fast.Messenger;

/// <summary>Which sources have something to read, each once, in the order in which they said so. Any thread; bounded by the number of sources.</summary>
internal sealed class WakeList
{
    private readonly Lock _lock = new();
    private readonly HashSet<int> _isDue = [];
    // Each source is in it once at most.
    private readonly Channel<int> _due = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });

    public void Wake(int source)
    {
        lock (_lock)
        {
            if (_isDue.Add(source)) _due.Writer.TryWrite(source);
        }
    }

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async ValueTask<int> NextAsync(CancellationToken cancellation)
    {
        int source = await _due.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        // News that come from now on are read again.
        lock (_lock) _isDue.Remove(source);
        return source;
    }
}
