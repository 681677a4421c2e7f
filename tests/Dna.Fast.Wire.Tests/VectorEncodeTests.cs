namespace Dna.Fast.Wire.Tests;

public sealed class VectorEncodeTests
{
    /// <summary>What no node of ours ever sends, and why: these were made by hand to provoke a stock node.</summary>
    private static readonly Dictionary<string, string> Foreign = new()
    {
        ["132-get-causing-203.bin"] = "a get without a key",
        ["134-put-causing-203.bin"] = "a put without a key",
        ["138-listen-causing-203.bin"] = "a listen without a key",
        ["141-listen-v0.bin"] = "a listen of protocol version 0",
        ["156-listen-v0.bin"] = "a listen of protocol version 0",
        ["144-ping-tid-bin4.bin"] = "a transaction id of 4 bytes",
        ["159-ping-tid-bin4.bin"] = "a transaction id of 4 bytes",
    };

    [Fact]
    public void Every_message_of_ours_is_written_byte_for_byte()
    {
        int written = 0;
        foreach (Vector vector in Vectors.Messages.Where(vector => !Foreign.ContainsKey(vector.File)))
        {
            string again = Convert.ToHexStringLower(Reencoder.Encode(vector.Bytes));
            Assert.True(Convert.ToHexStringLower(vector.Bytes) == again, $"{vector.File}: {again}");
            written++;
        }

        Assert.Equal(156, written);
    }

    [Fact]
    public void Every_datagram_is_transcoded_byte_for_byte() =>
        Assert.All(Vectors.All, vector => Assert.Equal(vector.Bytes, Transcoder.Copy(vector.Bytes)));

    [Fact]
    public void Discovery_packets_are_written_byte_for_byte()
    {
        byte[] room = new byte[64];
        Assert.Equal(Vectors.Named("164-discovery-query").Bytes, room[..DiscoveryPacket.WriteQuery(room)]);
        byte[] announcement = Vectors.Named("165-discovery-announce").Bytes;
        Assert.True(DiscoveryPacket.TryReadAnnouncement(announcement, out InfoHash id, out ushort port, out uint network));
        Assert.Equal(announcement, room[..DiscoveryPacket.WriteAnnouncement(room, id, port, network)]);
    }

    [Fact]
    public void Our_agent_is_o2()
    {
        byte[] room = new byte[64];
        int length = QueryWriter.Ping(room, new Sender(InfoHash.Of([1]), 0, false), 7);
        Assert.Equal(DecodeStatus.Ok, MessageReader.Read(room.AsSpan(0, length), out Message message));
        Assert.Equal("o2"u8, message.Agent);
    }
}
