using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage.CrashChild;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.Tests;

/// <summary>What a store must hold, in the plainest form there is.</summary>
internal sealed class StoreModel
{
    private readonly Dictionary<InfoHash, List<Value>> _keys = [];

    /// <summary>One slot.</summary>
    public readonly record struct Value(SlotInfo Slot, byte[] Packed);

    public void Apply(int seed, in CrashLoad.Operation operation, long now)
    {
        if (!_keys.TryGetValue(operation.Key, out List<Value>? values)) _keys.Add(operation.Key, values = []);
        ulong id = operation.ValueId;
        int index = values.FindIndex(value => value.Slot.ValueId == id);
        long created = now + operation.Number, expires = long.MaxValue - 1_000_000 + operation.Number;
        switch (operation.Kind)
        {
            case CrashLoad.Kind.Put:
                SlotInfo slot = new(id, 3, created, expires, NodeAddress.V4(0xC000_0201, (ushort)(operation.Number & 0xFFFF)));
                Value value = new(slot, CrashLoad.Packed(seed, operation));
                if (index < 0) values.Add(value);
                else values[index] = value;
                break;
            case CrashLoad.Kind.Refresh when index >= 0:
                SlotInfo old = values[index].Slot;
                SlotInfo renewed = old with { CreatedUnixMs = created, ExpiresUnixMs = Math.Max(old.ExpiresUnixMs, expires) };
                values[index] = values[index] with { Slot = renewed };
                break;
            case CrashLoad.Kind.Remove when index >= 0:
                values.RemoveAt(index);
                break;
        }

        if (values.Count == 0) _keys.Remove(operation.Key);
    }

    /// <summary>Everything in a store, through its scan and, in the order of each key, through its reads.</summary>
    public static Dictionary<InfoHash, List<Value>> ReadAll(FasterValueStore store, long now)
    {
        KeyCollector keys = new();
        store.Scan(now, keys);
        Dictionary<InfoHash, List<Value>> all = [];
        foreach ((InfoHash key, HashSet<ulong> ids) in keys.Seen)
        {
            Kademlia.Tests.Store.Collector collector = new();
            store.Read(key, now, collector);
            all.Add(key, [.. collector.Seen.Select(static seen => new Value(seen.Slot, seen.Packed))]);
            Assert.Equal(ids.Order(), all[key].Select(static value => value.Slot.ValueId).Order());
        }

        return all;
    }

    /// <returns>Null when a store holds exactly this, or in words the first difference.</returns>
    public string? Difference(Dictionary<InfoHash, List<Value>> found)
    {
        foreach ((InfoHash key, List<Value> values) in _keys)
        {
            if (!found.TryGetValue(key, out List<Value>? there)) return $"{key} is missing";
            if (!values.Select(static value => value.Slot).SequenceEqual(there.Select(static value => value.Slot)))
            {
                return $"{key} holds {string.Join(", ", there.Select(static value => value.Slot))} and not {string.Join(", ", values.Select(static value => value.Slot))}";
            }

            for (int i = 0; i < values.Count; i++)
            {
                if (!values[i].Packed.AsSpan().SequenceEqual(there[i].Packed)) return $"{key} {values[i].Slot} has other bytes";
            }
        }

        return found.Count == _keys.Count ? null : $"{found.Count - _keys.Count} keys too many";
    }

    public string? CounterDifference(in StoreStatistics statistics)
    {
        (long, long, long) expected = (
            _keys.Values.Sum(static values => (long)values.Count), _keys.Values.Sum(static values => values.Sum(static value => (long)value.Packed.Length)), _keys.Count);
        (long, long, long) counted = (statistics.Values, statistics.Bytes, statistics.Keys);
        return expected == counted ? null : $"the counters say {counted} and not {expected}";
    }

    private sealed class KeyCollector : IKeyValueVisitor
    {
        public Dictionary<InfoHash, HashSet<ulong>> Seen { get; } = [];

        public bool Visit(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed)
        {
            if (!Seen.TryGetValue(key, out HashSet<ulong>? ids)) Seen.Add(key, ids = []);
            Assert.True(ids.Add(slot.ValueId), $"{key} {slot.ValueId} is there twice");
            return true;
        }
    }
}
