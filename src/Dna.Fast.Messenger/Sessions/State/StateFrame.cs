using System.Buffers.Binary;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger;

/// <summary>What a state file holds.</summary>
internal enum StateKind : byte
{
    /// <summary>Messages that wait for one recipient, and the last number one of them has.</summary>
    Outbox = 1,

    /// <summary>One part of a day's messages to one recipient.</summary>
    OutboxPart = 2,

    /// <summary>Which messages of one sender were delivered.</summary>
    Delivered = 3,

    /// <summary>Our contacts, sealed for us.</summary>
    Contacts = 4,

    /// <summary>Secrets we share with contacts, sealed for us.</summary>
    Salts = 5,
}

/// <summary>The frame of a state file: <c>"DNAS" 4 | version 1 | kind 1 | 0 2 | length 4 | content | SHA3-256 of all before it, 32</c>, numbers big-endian. Any thread.</summary>
/// <remarks>The checksum tells damage; it protects nothing.</remarks>
internal static class StateFrame
{
    /// <summary>Bytes of a file: one that is longer was not written by us.</summary>
    public const int FileBytesMax = 16 * 1024 * 1024;

    private const uint Magic = 0x444E4153;
    private const byte Version = 1;
    private const int HeaderBytes = 12;

    public static byte[] Write(StateKind kind, ReadOnlySpan<byte> content)
    {
        byte[] file = new byte[HeaderBytes + content.Length + Sha3.Bytes256];
        BinaryPrimitives.WriteUInt32BigEndian(file, Magic);
        file[4] = Version;
        file[5] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(8), (uint)content.Length);
        content.CopyTo(file.AsSpan(HeaderBytes));
        Sha3.Hash256(file.AsSpan(0, HeaderBytes + content.Length), file.AsSpan(HeaderBytes + content.Length));
        return file;
    }

    /// <param name="content">A slice of the file; empty unless Ok.</param>
    /// <returns>Ok; Malformed; UnknownVersion; BadSignature when the checksum is wrong.</returns>
    public static RecordStatus Read(ReadOnlySpan<byte> file, StateKind kind, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (file.Length < HeaderBytes + Sha3.Bytes256 || BinaryPrimitives.ReadUInt32BigEndian(file) != Magic) return RecordStatus.Malformed;
        if (file[4] != Version) return RecordStatus.UnknownVersion;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(file[8..]);
        if (file[5] != (byte)kind || length != (uint)(file.Length - HeaderBytes - Sha3.Bytes256)) return RecordStatus.Malformed;
        Span<byte> checksum = stackalloc byte[Sha3.Bytes256];
        Sha3.Hash256(file[..^Sha3.Bytes256], checksum);
        if (!checksum.SequenceEqual(file[^Sha3.Bytes256..])) return RecordStatus.BadSignature;
        content = file[HeaderBytes..^Sha3.Bytes256];
        return RecordStatus.Ok;
    }
}
