using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>A place for one value: an infohash and a value id.</summary>
internal readonly record struct Slot(InfoHash Key, ulong ValueId);

/// <summary>A version of ours.</summary>
internal readonly record struct OwnVersion(ushort Seq, ushort Type);

/// <summary>What a client remembers of the slots it writes: who writes now, the last version, and what stays announced. Any thread.</summary>
internal sealed class SlotBook(TimeProvider time)
{
    /// <summary>Versions remembered in one generation: a writer that is quicker than the network's answers must not use a seq twice.</summary>
    private const int GenerationMax = 4096;

    private sealed class Gate
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public int Users { get; set; }
    }

    private readonly Lock _use = new();
    private readonly Dictionary<Slot, Gate> _gates = [];
    private readonly Dictionary<Slot, PermanentPut> _announced = [];
    private readonly RecentMap<Slot, OwnVersion> _versions = new(GenerationMax);

    /// <summary>Waits for our turn at a slot.</summary>
    /// <returns>Ends the turn when disposed; null when the deadline came first.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IDisposable?> EnterAsync(Slot slot, TimeSpan deadline, CancellationToken cancellation)
    {
        Gate gate;
        lock (_use)
        {
            if (!_gates.TryGetValue(slot, out gate!)) _gates.Add(slot, gate = new Gate());
            gate.Users++;
        }

        Task turn = gate.Turn.WaitAsync(CancellationToken.None);
        try
        {
            await turn.WaitAsync(deadline, time, cancellation).ConfigureAwait(false);
            return new Turn(this, slot, gate);
        }
        catch (Exception left)
        {
            // Whoever left the queue, why ever, gives on the turn that comes to him all the same.
            _ = turn.ContinueWith(_ => Leave(slot, gate), TaskScheduler.Default);
            if (left is TimeoutException) return null;
            throw;
        }
    }

    public OwnVersion? Last(Slot slot) => _versions.TryGet(slot, out OwnVersion version) ? version : null;

    public void Remember(Slot slot, OwnVersion version) => _versions.Set(slot, version);

    /// <summary>From now on this is what stays announced at the slot, and nothing older.</summary>
    /// <returns>Ends the announcement when disposed.</returns>
    public IDisposable Announced(Slot slot, PermanentPut put)
    {
        EndAnnouncement(slot);
        lock (_use) _announced[slot] = put;
        return new Announcement(this, slot, put);
    }

    /// <summary>Ends what is announced at the slot, now that something newer took its place.</summary>
    public void EndAnnouncement(Slot slot)
    {
        PermanentPut? put;
        lock (_use) _announced.Remove(slot, out put);
        put?.Dispose();
    }

    private void End(Slot slot, PermanentPut put)
    {
        lock (_use)
        {
            // A newer announcement ended this one already, and must not be ended with it.
            if (!_announced.TryGetValue(slot, out PermanentPut? current) || current != put) return;
            _announced.Remove(slot);
        }

        put.Dispose();
    }

    private void Leave(Slot slot, Gate gate)
    {
        gate.Turn.Release();
        lock (_use)
        {
            if (--gate.Users == 0) _gates.Remove(slot);
        }
    }

    private sealed class Turn(SlotBook book, Slot slot, Gate gate) : IDisposable
    {
        public void Dispose() => book.Leave(slot, gate);
    }

    private sealed class Announcement(SlotBook book, Slot slot, PermanentPut put) : IDisposable
    {
        public void Dispose() => book.End(slot, put);
    }
}
