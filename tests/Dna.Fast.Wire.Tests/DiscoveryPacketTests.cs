namespace Dna.Fast.Wire.Tests;

public sealed class DiscoveryPacketTests
{
    [Fact]
    public void The_question_is_two_bytes()
    {
        Span<byte> packet = stackalloc byte[DiscoveryPacket.BytesMax];
        Assert.Equal("A171", Convert.ToHexString(packet[..DiscoveryPacket.WriteQuery(packet)]));
        Assert.True(DiscoveryPacket.IsQuery([0xA1, 0x71]));
        Assert.False(DiscoveryPacket.IsQuery([0xA1, 0x70]));
        Assert.False(DiscoveryPacket.IsQuery([]));
    }

    [Fact]
    public void An_announcement_reads_back()
    {
        Span<byte> packet = stackalloc byte[DiscoveryPacket.BytesMax];
        InfoHash self = InfoHash.OfKey("me");
        int length = DiscoveryPacket.WriteAnnouncement(packet, self, 4000, 0x12345678);
        Assert.True(DiscoveryPacket.TryReadAnnouncement(packet[..length], out InfoHash id, out ushort port, out uint network));
        Assert.Equal((self, (ushort)4000, 0x12345678u), (id, port, network));
        for (int cut = 0; cut < length; cut++) Assert.False(DiscoveryPacket.TryReadAnnouncement(packet[..cut], out _, out _, out _));
    }
}
