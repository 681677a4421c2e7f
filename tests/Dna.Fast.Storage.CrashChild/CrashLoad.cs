using Dna.Fast.Kademlia.Store;
using Dna.Fast.Wire;

namespace Dna.Fast.Storage.CrashChild;

/// <summary>The load of the crash tests: the child does it, the parent knows what it did from the seed alone.</summary>
public static class CrashLoad
{
    /// <summary>First row of the child: the store is open.</summary>
    public const long Ready = -1;

    /// <summary>The operation is about to be done.</summary>
    public const long Announced = 1;

    /// <summary>The operation is durable.</summary>
    public const long Acknowledged = 2;

    /// <summary>What an operation does.</summary>
    public enum Kind : byte
    {
        Put,
        Refresh,
        Remove,
    }

    /// <param name="Kind">What.</param>
    /// <param name="Key">Where.</param>
    /// <param name="ValueId">Which slot.</param>
    /// <param name="Number">Number of the operation: its creation time is now plus this.</param>
    /// <param name="Bytes">Length of the packed value.</param>
    public readonly record struct Operation(Kind Kind, InfoHash Key, ulong ValueId, int Number, int Bytes);

    /// <summary>Small, so that pages leave memory, files are cut and checkpoints happen within a second.</summary>
    public static StoreOptions Options(string directory) => new()
    {
        Directory = directory,
        MemoryBytes = 4 << 20,
        WalBytes = 1 << 20,
        SegmentBits = 18,
    };

    /// <summary>About 60 keys with up to 12 values each, edited, refreshed and removed; one value in 16 is large.</summary>
    public static Operation OperationOf(int seed, int number)
    {
        Random random = new(unchecked(seed * 1_000_003) ^ number * 7919);
        int dice = random.Next(100);
        Kind kind = dice < 80 ? Kind.Put : dice < 92 ? Kind.Refresh : Kind.Remove;
        InfoHash key = InfoHash.Of(BitConverter.GetBytes(random.Next(60)));
        int bytes = random.Next(16) == 0 ? random.Next(2_000, 60_000) : random.Next(1, 600);
        return new Operation(kind, key, 1 + (ulong)random.Next(12), number, bytes);
    }

    /// <summary>The packed value of a put.</summary>
    public static byte[] Packed(int seed, in Operation operation)
    {
        byte[] packed = new byte[operation.Bytes];
        new Random(seed ^ operation.Number).NextBytes(packed);
        return packed;
    }

    /// <returns>The ticket; 0 for a removal, which nobody waits for, and for a refresh of nothing.</returns>
    public static long Do(FasterValueStore store, in Operation operation, int seed, long now)
    {
        long created = now + operation.Number, expires = long.MaxValue - 1_000_000 + operation.Number;
        switch (operation.Kind)
        {
            case Kind.Put:
                SlotInfo slot = new(operation.ValueId, 3, created, expires, NodeAddress.V4(0xC000_0201, (ushort)(operation.Number & 0xFFFF)));
                return store.Put(operation.Key, slot, Packed(seed, operation), durable: true, now, AlwaysReplace.Instance).Ticket;
            case Kind.Refresh:
                return store.Refresh(operation.Key, operation.ValueId, created, expires, durable: true, now).Ticket;
            default:
                store.Remove(operation.Key, operation.ValueId);
                return 0;
        }
    }

    private sealed class AlwaysReplace : IEditPolicy
    {
        public static readonly AlwaysReplace Instance = new();

        public EditDecision Decide(
            in InfoHash key, in SlotInfo oldSlot, ReadOnlySpan<byte> oldPacked, in SlotInfo newSlot, ReadOnlySpan<byte> newPacked) => EditDecision.Replace;
    }
}
