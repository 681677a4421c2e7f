using System.Text.Json;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Storage;
using Dna.Fast.Storage.Exports;
using Dna.Fast.Wire;

namespace Dna.Fast.Hosting.Stores;

/// <summary>Puts an export's values into a store, by the rules of every put: what is there and newer stays, forged ones are refused, expired ones left out.</summary>
/// <param name="changed">Told of each value that is new or edited; for listeners.</param>
internal sealed class StoreImport(FasterValueStore store, IValueVerifier verifier, TimeProvider time, Action<InfoHash, ulong> changed)
{
    /// <summary>Values put between two commits: each commit is waited for, and told.</summary>
    private const int BatchValues = 1024;

    /// <summary>A full store evicts within a second; a disk that takes nothing is given up after this.</summary>
    private static readonly TimeSpan RoomPatience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly StorePolicy _policy = new(verifier);
    private readonly EditPolicy _edits = new(verifier);
    private long _ticket;

    /// <summary>Values stored, replaced or refreshed, and on the disk.</summary>
    public long Committed { get; private set; }

    /// <summary>The same, committed or not.</summary>
    public long Stored { get; private set; }

    public long Expired { get; private set; }

    /// <summary>Another value is there that this one may not replace, or it is not genuine, or no value.</summary>
    public long Refused { get; private set; }

    /// <summary>For people; null: all was read and taken.</summary>
    public string? Problem { get; private set; }

    /// <summary>Runs to the end of the export, or to where it cannot go on.</summary>
    /// <param name="tell">Called after each commit.</param>
    /// <exception cref="IOException">The stream fails.</exception>
    public async Task RunAsync(ExportReader reader, Func<Task> tell, CancellationToken cancellation)
    {
        for (int batch = 1; Problem is null && await reader.NextAsync(cancellation).ConfigureAwait(false); batch++)
        {
            await TakeAsync(reader, cancellation).ConfigureAwait(false);
            if (batch % BatchValues != 0) continue;
            await CommitAsync(cancellation).ConfigureAwait(false);
            await tell().ConfigureAwait(false);
        }

        Problem ??= reader.Problem;
        await CommitAsync(cancellation).ConfigureAwait(false);
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("imported", Committed);
        json.WriteNumber("expired", Expired);
        json.WriteNumber("refused", Refused);
    }

    private async Task TakeAsync(ExportReader reader, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        while (!TryPut(reader))
        {
            if (time.GetElapsedTime(start) > RoomPatience)
            {
                Problem = "the store takes nothing: " + (store.Statistics.Health is "ok" ? "it is full of values nobody may evict" : store.Statistics.Health);
                return;
            }

            await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <returns>False when there is no room just now.</returns>
    private bool TryPut(ExportReader reader)
    {
        (InfoHash key, SlotInfo slot) = (reader.Key, reader.Slot);
        ReadOnlySpan<byte> packed = reader.Packed;
        long nowUnixMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (slot.ExpiresUnixMs <= nowUnixMs)
        {
            Expired++;
            return true;
        }

        if (!IsSound(key, slot, packed))
        {
            Refused++;
            return true;
        }

        PutResult result = store.Put(key, slot, packed, durable: true, nowUnixMs, _edits.For(isVerified: true));
        if (result.Status == PutStatus.StoreFull) return false;
        if (result.Status is PutStatus.Refused or PutStatus.KeyFull)
        {
            Refused++;
            return true;
        }

        Stored++;
        _ticket = Math.Max(_ticket, result.Ticket);
        if (result.Status != PutStatus.Refreshed) changed(key, slot.ValueId);
        return true;
    }

    private bool IsSound(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        if (ValueReader.Read(packed, out ValueView value, out int length) != DecodeStatus.Ok || length != packed.Length || value.Id == 0 || value.Id != slot.ValueId) return false;
        if (slot.Type != (value.IsEncrypted ? TypeRegistry.UserData : value.Type)) return false;
        // An edit is judged by its signature whatever the type, so all signatures are looked at.
        bool mustVerify = value.IsSigned || (!value.IsEncrypted && value.Type == TypeRegistry.Certificate);
        return !mustVerify || _policy.Verify(key, packed) == StoreVerdict.Store;
    }

    private async Task CommitAsync(CancellationToken cancellation)
    {
        store.RequestCommit();
        long start = time.GetTimestamp();
        while (store.CommittedTicket < _ticket)
        {
            if (time.GetElapsedTime(start) > RoomPatience)
            {
                Problem ??= "the disk does not commit: " + store.Statistics.Health;
                return;
            }

            await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
        }

        Committed = Stored;
    }
}
