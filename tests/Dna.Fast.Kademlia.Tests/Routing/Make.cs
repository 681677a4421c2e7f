using System.Buffers.Binary;
using Dna.Fast.Kademlia.Routing;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Routing;

/// <summary>Ids, addresses and contacts for table tests.</summary>
internal static class Make
{
    public const long StartMs = 1_000_000;

    public static readonly Instant Start = new(StartMs, 1_700_000_000_000);

    /// <summary>The id whose first bytes are these, the rest zeros.</summary>
    public static InfoHash Id(params ReadOnlySpan<byte> first)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        first.CopyTo(bytes);
        return new InfoHash(bytes);
    }

    public static InfoHash RandomId(Random random)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.Bytes];
        random.NextBytes(bytes);
        return new InfoHash(bytes);
    }

    /// <summary>A random id that shares exactly <paramref name="bits"/> leading bits with <paramref name="near"/>.</summary>
    public static InfoHash IdSharing(Random random, in InfoHash near, int bits)
    {
        InfoHash id = RandomId(random);
        for (int i = 0; i < bits; i++) id = id.WithBit(i, near.Bit(i));
        return id.WithBit(bits, !near.Bit(bits));
    }

    public static NodeAddress Address(int number) => NodeAddress.V4(0x0A000000u + (uint)number, 4000);

    public static NodeAddress Address6(int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes[0] = 0x20;
        bytes[1] = 0x01;
        bytes[2] = 0x0D;
        bytes[3] = 0xB8;
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], number);
        return NodeAddress.From(bytes, 4000);
    }

    /// <summary>A contact that replied at <paramref name="repliedMs"/>: good.</summary>
    public static Contact Good(in InfoHash id, long repliedMs = StartMs, int number = 1)
    {
        Contact contact = new(id, Address(number));
        contact.NoteReplied(repliedMs);
        return contact;
    }

    /// <summary>A contact we only heard of: doubtful.</summary>
    public static Contact Listed(in InfoHash id, int number = 1) => new(id, Address(number));

    public static Instant At(long ms) => new(ms, Start.UnixMs + ms - StartMs);
}
