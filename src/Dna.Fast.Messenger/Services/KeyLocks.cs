using System.Runtime.InteropServices;

namespace Dna.Fast.Messenger;

/// <summary>One turn at a time for each of many names, which never wait for one another: a turn may last as long as the network takes. Any thread; a name costs memory while somebody has its turn or waits for it.</summary>
internal sealed class KeyLocks : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Place> _places = [];

    /// <summary>Waits for the turn of a name; disposing the result ends it.</summary>
    /// <returns>Null when the deadline came first.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IDisposable?> EnterAsync(string name, Deadline deadline, CancellationToken cancellation)
    {
        Place place = Join(name);
        bool isOurs = false;
        try
        {
            isOurs = await place.Turn.WaitAsync(deadline.LeftToWait, cancellation).ConfigureAwait(false);
            return isOurs ? new Turn(this, name) : null;
        }
        finally
        {
            if (!isOurs) Leave(name, endsTurn: false);
        }
    }

    public void Dispose()
    {
        // A semaphore whose wait handle nobody asked for holds nothing; disposed under whoever has its turn, it would throw at the end of the turn.
    }

    private Place Join(string name)
    {
        lock (_lock)
        {
            ref Place? place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, name, out _);
            place ??= new Place();
            place.Users++;
            return place;
        }
    }

    private void Leave(string name, bool endsTurn)
    {
        lock (_lock)
        {
            Place place = _places[name];
            if (endsTurn) place.Turn.Release();
            if (--place.Users == 0) _places.Remove(name);
        }
    }

    private sealed class Place
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>Who has the turn, and who waits for it.</summary>
        public int Users { get; set; }
    }

    private sealed class Turn(KeyLocks locks, string name) : IDisposable
    {
        private KeyLocks? _locks = locks;

        public void Dispose() => Interlocked.Exchange(ref _locks, null)?.Leave(name, endsTurn: true);
    }
}
