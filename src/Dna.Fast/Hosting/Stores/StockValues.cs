using System.Buffers;
using System.Diagnostics;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Storage.Exports;
using Dna.Fast.Wire;

namespace Dna.Fast.Hosting.Stores;

/// <summary>One moment in both clocks a state file may speak of.</summary>
/// <param name="UnixMs">Calendar time.</param>
/// <param name="MonotonicNs">Nanoseconds since this machine started.</param>
internal readonly record struct StockMoment(long UnixMs, long MonotonicNs)
{
    private const long NsPerMs = 1_000_000;

    public static StockMoment Now => new(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency)));

    /// <summary>When this machine started.</summary>
    public long StartedUnixMs => UnixMs - MonotonicNs / NsPerMs;

    public long ToUnixMs(long monotonicNs) => UnixMs - (MonotonicNs - monotonicNs) / NsPerMs;

    public long ToMonotonicNs(long unixMs) => MonotonicNs - (UnixMs - unixMs) * NsPerMs;
}

/// <summary>The values of a stock node's state file as an export, and an export's as such a file. All is in memory, as such a node has it too.</summary>
internal static class StockValues
{
    /// <summary>How a msgpack map of few entries begins; an export begins with a letter.</summary>
    public static bool LooksLike(byte first) => (first & 0xF0) == 0x80;

    /// <summary>Makes an export of a file's values.</summary>
    /// <param name="written">When the file was last written: a value of the old form, of a machine that was started anew since, is taken to be as young.</param>
    /// <param name="unread">Values that are none, and keys whose values cannot be read.</param>
    /// <returns>The export; null when it is no state file.</returns>
    public static byte[]? ToExport(byte[] file, DateTimeOffset written, in StockMoment now, out long unread)
    {
        unread = 0;
        if (!StateFile.TryRead(file, out StateFile state)) return null;
        var buffer = new ArrayBufferWriter<byte>(file.Length + 1024);
        var writer = new ExportWriter(buffer);
        writer.WriteHeader(now.UnixMs);
        var values = new List<StateValue>();
        foreach ((InfoHash key, ReadOnlyMemory<byte> packed) in state.Values)
        {
            values.Clear();
            if (!StateFileValues.TryRead(packed, values, out int bad)) unread++;
            unread += bad;
            foreach (StateValue value in values)
            {
                if (value.Packed.Length <= WireLimits.ValueBytesMax) Write(writer, key, value, written.ToUnixTimeMilliseconds(), now);
                else unread++;
            }
        }

        writer.WriteEnd();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads an export to its end and makes a state file of it.</summary>
    /// <param name="nodes">Good nodes for whoever starts with the file. It has no id: the node that follows takes one of its own, so that both may run.</param>
    /// <param name="isOld">The form of stock nodes up to 4.2, whose times hold on this machine and until it is started anew.</param>
    /// <returns>The file; null when the export is not whole.</returns>
    public static async Task<byte[]?> FromExportAsync(
        ExportReader reader, IReadOnlyList<(InfoHash Id, NodeAddress Address)> nodes, bool isOld, StockMoment now, CancellationToken cancellation)
    {
        var keys = new Dictionary<InfoHash, List<StateValue>>();
        while (await reader.NextAsync(cancellation).ConfigureAwait(false))
        {
            SlotInfo slot = reader.Slot;
            if (!keys.TryGetValue(reader.Key, out List<StateValue>? values)) keys.Add(reader.Key, values = []);
            byte[] packed = reader.Packed.ToArray();
            values.Add(isOld
                ? new StateValue(StateValue.Unsaid, now.ToMonotonicNs(slot.CreatedUnixMs), StateValue.Unsaid, default, packed)
                : new StateValue(slot.CreatedUnixMs, StateValue.Unsaid, slot.ExpiresUnixMs, slot.Source, packed));
        }

        if (!reader.IsComplete) return null;
        return new StateFile { Nodes = nodes, Values = [.. keys.Select(entry => (entry.Key, (ReadOnlyMemory<byte>)StateFileValues.Write(entry.Value)))] }.ToBytes();
    }

    private static void Write(ExportWriter writer, in InfoHash key, in StateValue value, long writtenUnixMs, in StockMoment now)
    {
        _ = ValueReader.Read(value.Packed.Span, out ValueView view, out _);
        byte[] canonical = new byte[ValueWriter.BytesMax(view)];
        int length = ValueWriter.Write(canonical, view);
        ushort type = view.IsEncrypted ? TypeRegistry.UserData : view.Type;
        long created = value.CreatedUnixMs;
        if (created == StateValue.Unsaid) created = writtenUnixMs >= now.StartedUnixMs ? Math.Min(now.ToUnixMs(value.CreatedMonotonicNs), writtenUnixMs) : writtenUnixMs;
        created = Math.Clamp(created, 0, now.UnixMs);
        long expires = value.ExpiresUnixMs == StateValue.Unsaid ? created + TypeRegistry.LifetimeMs(type) : value.ExpiresUnixMs;
        writer.Visit(key, new SlotInfo(view.Id, type, created, expires, value.Source), canonical.AsSpan(0, length));
    }
}
