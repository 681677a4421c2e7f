using System.Net;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Hostile;

internal sealed class PresenceScene : HostileScene
{
    protected override InfoHash Key => DnaKeys.Presence(Alice.Keys.SigningKey.Span);

    public override Task WriteAsync(int version) => Alice.Presences.PublishAsync(Alice.Keys, IPAddress.Parse($"192.0.2.{version}"), 4001, Deadline);

    // One that nobody signed is shown for what it is (section 10.3), and proves nothing.
    public override async Task<string> ReadAsync() => (await Bob.Presences.FindAsync(Alice.Keys.SigningKey, Deadline)).Value is { IsSigned: true } presence ? presence.Ip : "";

    public override string Expected(int version) => $"192.0.2.{version}";

    public override IEnumerable<byte[]> Forged()
    {
        IPAddress address = IPAddress.Parse("192.0.2.66");
        yield return PresenceCodec.Sign(Mallory.Keys, address, 4001, Later);
        yield return PresenceCodec.WriteUnsigned(new Presence("192.0.2.66", 4001, Later, IsSigned: false));
        // An old one of Alice's with another time, and one from a future that Alice's clock may have had.
        byte[] old = PresenceCodec.Sign(Alice.Keys, address, 4001, 1_000_000_000);
        yield return System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(old).Replace("1000000000", Later.ToString(), StringComparison.Ordinal));
        yield return PresenceCodec.Sign(Alice.Keys, address, 4001, Later + 10_000);
    }

    public override IEnumerable<byte[]> Foreign() => [PresenceCodec.Sign(Carol.Keys, IPAddress.Parse("192.0.2.66"), 4001, Later)];

    public override IEnumerable<byte[]> Oversized()
    {
        yield return System.Text.Encoding.UTF8.GetBytes($$"""{"ip":"192.0.2.66","port":4001,"timestamp":{{Later}},"signature":"{{new string('0', 60_000)}}"}""");
        yield return System.Text.Encoding.UTF8.GetBytes($$"""{"ip":"192.0.2.66","port":65537,"timestamp":{{Later}}}""");
    }
}

/// <summary>Bootstrap nodes: one of Alice's that answers. Nothing is signed here but the value; what is refused is what does not answer.</summary>
internal sealed class RegistryScene : HostileScene
{
    public RegistryScene() => Bob.Dht.Alive.Add(NodeAddress.From(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4000)));

    protected override InfoHash Key => DnaKeys.BootstrapRegistry();

    public override Task WriteAsync(int version) => Alice.Registry.RegisterAsync(Node("192.0.2.1", 4000, Alice.Network.Now, (ulong)version), Deadline);

    public override async Task<string> ReadAsync() =>
        string.Join(", ", (await Bob.Registry.FindAsync(10, Deadline)).Value!.Select(node => $"{node.Ip} up {node.Uptime}"));

    public override string Expected(int version) => $"192.0.2.1 up {version}";

    public override IEnumerable<byte[]> Forged() => [RegistryCodec.Write([Node("192.0.2.66", 4000, Later, 66)])];

    public override IEnumerable<byte[]> Foreign()
    {
        // Alice's node at another port, at a time that is over, and at one that is not yet.
        yield return RegistryCodec.Write([Node("192.0.2.1", 4066, Later, 66)]);
        yield return RegistryCodec.Write([Node("192.0.2.1", 4000, Later - 10_000, 66)]);
        yield return RegistryCodec.Write([Node("192.0.2.1", 4000, Later + 10_000, 66)]);
    }

    public override IEnumerable<byte[]> Oversized()
    {
        RegistryNode[] many = [.. Enumerable.Range(0, RegistryCodec.NodesMax + 1).Select(i => Node("192.0.2.66", (ushort)(5000 + i), Later, 66))];
        yield return RegistryCodec.Write([.. many, Node("192.0.2.1", 4000, Later, 66)]);
        // As many as a record may have, all fresher than the genuine one: they bury nobody's node.
        yield return RegistryCodec.Write(many.AsSpan(0, RegistryCodec.NodesMax).ToArray());
        yield return RegistryCodec.Write([Node("192.0.2.66", 4000, Later, 66) with { Version = new string('x', 50_000) }]);
    }

    private static RegistryNode Node(string ip, ushort port, ulong lastSeen, ulong uptime) => new(ip, port, "00ff", "0.1.0", lastSeen, uptime);
}

/// <summary>A record in three chunks. Whoever writes under a base key has a record of its own there, so Bob asks for that of Alice's owner key.</summary>
internal sealed class ChunkScene : ChunkedScene
{
    private const int BytesMax = 200_000;

    private readonly byte[] _noise = System.Security.Cryptography.RandomNumberGenerator.GetBytes(100_000);

    protected override string Base => "some:base";

    public override Task WriteAsync(int version) => Alice.Chunks.WriteAsync(Base, Type, Record((byte)version), Deadline);

    public override async Task<string> ReadAsync()
    {
        IReadOnlyList<ChunkedValue> found = (await Bob.Chunks.ReadAllAsync(Base, BytesMax, Deadline)).Value ?? [];
        return string.Join(", ", found.Where(value => value.Owner == Alice.Dht.OwnerId).Select(value => $"{value.Data.Span[0]} and {value.Data.Span[1..].SequenceEqual(_noise)}"));
    }

    public override string Expected(int version) => $"{version} and True";

    public override IEnumerable<byte[]> Forged() => [Record(66)];

    public override IEnumerable<byte[]> Foreign() => ["short"u8.ToArray()];

    public override IEnumerable<byte[]> Oversized() => [new byte[BytesMax + 1], new byte[50_000_000]];

    private byte[] Record(byte first) => [first, .. _noise];
}
