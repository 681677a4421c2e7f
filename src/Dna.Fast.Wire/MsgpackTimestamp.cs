using System.Buffers.Binary;

namespace Dna.Fast.Wire;

/// <summary>Msgpack's timestamps: extensions of type -1. They travel in no datagram, only in state files. Any thread; never throws on input.</summary>
public static class MsgpackTimestamp
{
    private const int Bytes = 15;

    /// <summary>Reads a timestamp of 4, 8 or 12 bytes.</summary>
    /// <param name="seconds">Since 1970.</param>
    /// <param name="nanoseconds">Of that second; 0 to 999,999,999.</param>
    public static bool TryRead(ref MsgpackReader reader, out long seconds, out int nanoseconds)
    {
        (seconds, nanoseconds) = (0, 0);
        int start = reader.Position;
        if (!reader.TrySkip(0)) return false;
        uint part;
        switch (reader.Since(start))
        {
            case [0xd6, 0xff, .. { Length: 4 } body]:
                seconds = BinaryPrimitives.ReadUInt32BigEndian(body);
                return true;
            case [0xd7, 0xff, .. { Length: 8 } body]:
                ulong both = BinaryPrimitives.ReadUInt64BigEndian(body);
                seconds = (long)(both & 0x3_FFFF_FFFF);
                part = (uint)(both >> 34);
                break;
            case [0xc7, 12, 0xff, .. { Length: 12 } body]:
                part = BinaryPrimitives.ReadUInt32BigEndian(body);
                seconds = BinaryPrimitives.ReadInt64BigEndian(body[4..]);
                break;
            default:
                return false;
        }

        nanoseconds = (int)part;
        return part < 1_000_000_000;
    }

    /// <summary>Writes a timestamp in its longest form, which holds every time.</summary>
    /// <param name="seconds">Since 1970.</param>
    /// <param name="nanoseconds">Of that second; 0 to 999,999,999.</param>
    public static void Write(ref MsgpackWriter writer, long seconds, int nanoseconds)
    {
        Span<byte> whole = stackalloc byte[Bytes];
        (whole[0], whole[1], whole[2]) = (0xc7, 12, 0xff);
        BinaryPrimitives.WriteInt32BigEndian(whole[3..], nanoseconds);
        BinaryPrimitives.WriteInt64BigEndian(whole[7..], seconds);
        writer.WriteRaw(whole);
    }
}
