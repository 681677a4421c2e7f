using System.Net;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Services;

public sealed class PresenceAndRegistryTests : ServiceTests
{
    [Fact]
    public async Task The_newest_signed_presence_wins_over_whatever_anybody_wrote()
    {
        ReadOnlyMemory<byte> key = Alice.Keys.SigningKey;
        Assert.Equal(ResultCode.NotFound, (await Bob.Presences.FindAsync(key, Deadline)).Code);
        Network.PutUnsigned(DnaKeys.Presence(key.Span), PresenceCodec.WriteUnsigned(new Presence("192.0.2.1", 4001, Bob.Network.Now, IsSigned: false)));
        Assert.False((await Bob.Presences.FindAsync(key, Deadline)).Value!.IsSigned);
        Assert.True((await Alice.Presences.PublishAsync(Alice.Keys, IPAddress.Parse("192.0.2.2"), 4001, Deadline)).IsSuccess);
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.True((await Alice.Presences.PublishAsync(Alice.Keys, IPAddress.Parse("192.0.2.3"), 4001, Deadline)).IsSuccess);
        Network.PutUnsigned(DnaKeys.Presence(key.Span), PresenceCodec.WriteUnsigned(new Presence("192.0.2.4", 4001, Bob.Network.Now + 100, IsSigned: false)));
        Network.PutUnsigned(DnaKeys.Presence(key.Span), PresenceCodec.Sign(Bob.Keys, IPAddress.Parse("192.0.2.5"), 4001, Bob.Network.Now + 100));
        Presence found = (await Bob.Presences.FindAsync(key, Deadline)).Value!;
        Assert.Equal(("192.0.2.3", true), (found.Ip, found.IsSigned));
        Assert.True(found.IsOnlineAt(Bob.Network.Now));
        Time.Advance(TimeSpan.FromMinutes(10));
        Assert.False((await Bob.Presences.FindAsync(key, Deadline)).Value!.IsOnlineAt(Bob.Network.Now));
        Assert.Single(Network.At(DnaKeys.Presence(key.Span)), slot => slot.Id == 1);
        Network.IsLate = true;
        Assert.Equal(ResultCode.Timeout, (await Bob.Presences.FindAsync(key, Deadline)).Code);
    }

    [Fact]
    public async Task A_presence_from_the_future_does_not_stay_the_newest()
    {
        ReadOnlyMemory<byte> key = Alice.Keys.SigningKey;
        Network.PutUnsigned(DnaKeys.Presence(key.Span), PresenceCodec.Sign(Alice.Keys, IPAddress.Parse("192.0.2.9"), 4001, ulong.MaxValue));
        await Alice.Presences.PublishAsync(Alice.Keys, IPAddress.Parse("192.0.2.2"), 4001, Deadline);
        Assert.Equal("192.0.2.2", (await Bob.Presences.FindAsync(key, Deadline)).Value!.Ip);
    }

    [Fact]
    public async Task Pain_22_each_node_registers_beside_the_others_and_only_who_answers_a_ping_is_used()
    {
        foreach (var client in (Fakes.TestClient[])[Alice, Bob, Carol])
            Assert.True((await client.Registry.RegisterAsync(Node((ushort)(4000 + client.Dht.OwnerKey.Span[0])), Deadline)).IsSuccess);
        Assert.Equal(3, Network.At(DnaKeys.BootstrapRegistry()).Count);
        Assert.Empty((await Alice.Registry.FindAsync(10, Deadline)).Value!);
        foreach (ushort port in (ushort[])[4001, 4003]) Alice.Dht.Alive.Add(NodeAddress.From(new IPEndPoint(IPAddress.Parse("192.0.2.1"), port)));
        Assert.Equal([(ushort)4001, (ushort)4003], (await Alice.Registry.FindAsync(10, Deadline)).Value!.Select(node => node.Port).Order());
        Assert.Single((await Alice.Registry.FindAsync(1, Deadline)).Value!);
        Time.Advance(TimeSpan.FromMinutes(16));
        Assert.Empty((await Alice.Registry.FindAsync(10, Deadline)).Value!);
        Network.IsUnreachable = true;
        Assert.Equal(ResultCode.NetworkError, (await Alice.Registry.FindAsync(10, Deadline)).Code);
    }

    private RegistryNode Node(ushort port) => new("192.0.2.1", port, "00ff", "0.1.0", Alice.Network.Now, 60);
}
