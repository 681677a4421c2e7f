using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger;
using Dna.Fast.Wire;

namespace Dna.Fast.Fuzz.Targets;

/// <summary>Files a client keeps of its own. Their checksums are made right, so that what they cover is reached: a disk may say anything.</summary>
internal static class FileTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("state-frame", FuzzFormat.Binary, [StateFrame.Write(StateKind.Outbox, [1, 2, 3]), StateFrame.Write(StateKind.Outbox, [])], ReadFrame),
        new("delivered-messages", FuzzFormat.Binary, [Delivered()], ReadDelivered),
        new("cache-file", FuzzFormat.Binary, [CacheFile.Write([new SavedEntry("one", 1000, 5, [1, 2, 3]), new SavedEntry("two", 2000, 6, [])])], ReadCache),
        new("kept-records", FuzzFormat.Binary, [KeptRecordFile.Write([Kept("one", [1, 2, 3]), Kept("two", [])])], ReadKept),
    ];

    private static bool ReadFrame(byte[] input)
    {
        StateFrame.Read(input, StateKind.Outbox, out _);
        if (input.Length < Sha3.Bytes256) return false;
        byte[] whole = [.. input];
        Sha3.Hash256(whole.AsSpan(..^Sha3.Bytes256), whole.AsSpan(^Sha3.Bytes256..));
        return StateFrame.Read(whole, StateKind.Outbox, out _) == RecordStatus.Ok;
    }

    private static bool ReadDelivered(byte[] input)
    {
        var messages = new DeliveredMessages();
        messages.Read(input, 1000);
        return messages.Newest(1).Messages.Count > 0;
    }

    private static bool ReadCache(byte[] input) => CacheFile.Read(Summed(input)) is not null;

    private static bool ReadKept(byte[] input) => KeptRecordFile.Read(Summed(input)) is not null;

    private static byte[] Summed(byte[] input)
    {
        if (input.Length < SHA256.HashSizeInBytes) return input;
        byte[] whole = [.. input];
        SHA256.HashData(whole.AsSpan(..^SHA256.HashSizeInBytes), whole.AsSpan(^SHA256.HashSizeInBytes..));
        return whole;
    }

    private static byte[] Delivered()
    {
        var messages = new DeliveredMessages();
        for (byte i = 1; i < 4; i++) messages.Add(MessageDigest.Of([i]), i, 5000, 1000);
        return messages.Write();
    }

    private static KeptRecord Kept(string name, byte[] data) => new(name, InfoHash.OfKey(name), 1, 0x1002, 3, IsShared: false, data);
}
