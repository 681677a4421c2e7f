using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Hostile;

internal sealed class GroupScene : HostileScene
{
    private const string Uuid = "7c5a70e2-e407-4cb0-8c0c-7bfeb80c7572";

    protected override InfoHash Key => DnaKeys.Group(Uuid);

    public override async Task WriteAsync(int version)
    {
        if (version == 1) await Alice.Groups.CreateAsync(Alice.Keys, Guid.Parse(Uuid), "Group 1", "", [Bob.Keys.Fingerprint], Deadline);
        else await Alice.Groups.UpdateAsync(Alice.Keys, Uuid, Alice.Keys.Fingerprint, $"Group {version}", null, Deadline);
    }

    // A group that nobody signed is shown for what it is (section 12.4), and proves nothing.
    public override async Task<string> ReadAsync() =>
        (await Bob.Groups.GetAsync(Uuid, Alice.Keys.Fingerprint, Deadline)).Value is { IsSigned: true } group ? $"{group.Name} of {group.Members.Count}" : "";

    public override string Expected(int version) => $"Group {version} of 2";

    public override IEnumerable<byte[]> Forged()
    {
        yield return GroupCodec.Write(GroupCodec.Sign(Mallory.Keys, Draft(Alice.Keys.Fingerprint)));
        yield return GroupCodec.Write(GroupCodec.Sign(Mallory.Keys, Draft(Alice.Keys.Fingerprint) with { IsDeleted = true }));
        yield return GroupCodec.Write(GroupCodec.Sign(Mallory.Keys, Draft(Alice.Keys.Fingerprint)) with { Signer = Alice.Keys.Fingerprint, SignerKey = Alice.Keys.SigningKey });
        yield return GroupCodec.Write(Draft(Alice.Keys.Fingerprint));
        yield return """{"deleted":true}"""u8.ToArray();
    }

    public override IEnumerable<byte[]> Foreign()
    {
        yield return GroupCodec.Write(GroupCodec.Sign(Mallory.Keys, Draft(Mallory.Keys.Fingerprint)));
        yield return GroupCodec.Write(GroupCodec.Sign(Alice.Keys, Draft(Alice.Keys.Fingerprint) with { Uuid = Guid.NewGuid().ToString("D") }));
    }

    public override IEnumerable<byte[]> Oversized()
    {
        string[] many = [.. Enumerable.Range(0, Group.MembersMax + 1).Select(i => $"{i:x128}")];
        yield return GroupCodec.Write(GroupCodec.Sign(Alice.Keys, Draft(Alice.Keys.Fingerprint) with { Members = many }));
        yield return GroupCodec.Write(GroupCodec.Sign(Alice.Keys, Draft(Alice.Keys.Fingerprint)) with { Name = new string('x', 50_000) });
    }

    private Group Draft(string creator) =>
        new() { Uuid = Uuid, Name = "Mallory's", Creator = creator, CreatedAt = Later, Version = 99, Members = [creator, Mallory.Keys.Fingerprint] };
}

/// <summary>The group's key of the second version; the first one lies elsewhere.</summary>
internal sealed class GroupKeyScene : ChunkedScene
{
    private const string Uuid = "7c5a70e2-e407-4cb0-8c0c-7bfeb80c7572";

    protected override string Base => ChunkBases.GroupKey(Uuid, 2);

    public override Task WriteAsync(int version) =>
        Alice.GroupKeys.PublishAsync(Alice.Keys, Uuid, (uint)version, [(Bob.Keys.Fingerprint, Bob.Keys.EncryptionKey)], KeyOf((byte)version), Deadline);

    public override async Task<string> ReadAsync() =>
        (await Bob.GroupKeys.FetchAsync(Bob.Keys, Uuid, 2, Alice.Keys.SigningKey, Deadline)).Value is { } key ? $"key {key[0]}" : "";

    // Whoever has only the first key has no second one, also when the first is put in its place.
    public override string Expected(int version) => version == 1 ? "" : "key 2";

    public override IEnumerable<byte[]> Forged() => [Packet(Mallory.Keys, Uuid, 2)];

    public override IEnumerable<byte[]> Foreign() => [Packet(Alice.Keys, Uuid, 1), Packet(Alice.Keys, Guid.NewGuid().ToString("D"), 2)];

    public override IEnumerable<byte[]> Oversized()
    {
        byte[] packet = Packet(Alice.Keys, Uuid, 2);
        byte[] counted = [.. packet];
        counted[44] = GroupKeyPacket.MembersMax + 1;
        yield return counted;
        yield return [.. packet.AsSpan(0, 45), .. new byte[100_000]];
    }

    private byte[] Packet(Kademlia.IUserKeys owner, string uuid, uint version) =>
        GroupKeyPacket.Seal(owner, uuid, version, [(Bob.Keys.Fingerprint, Bob.Keys.EncryptionKey)], KeyOf(0x66))!;

    private static byte[] KeyOf(byte number) => [.. Enumerable.Repeat(number, GroupKeyPacket.KeyBytes)];
}

internal sealed class GroupOutboxScene : ChunkedScene
{
    private static readonly byte[] GroupKey = [.. Enumerable.Repeat((byte)7, GroupKeyPacket.KeyBytes)];

    private readonly string _uuid = Guid.NewGuid().ToString("D");

    protected override string Base => ChunkBases.GroupOutbox(_uuid, DnaKeys.DayOf(Bob.Network.Now));

    public override async Task PrepareAsync()
    {
        foreach (Fakes.TestClient client in (Fakes.TestClient[])[Alice, Bob, Mallory]) await client.Keyserver.PublishAsync(client.Keys, null, Deadline);
    }

    public override Task WriteAsync(int version) => Alice.GroupOutbox.SendAsync(Alice.Keys, _uuid, 1, GroupKey, $"text {version}", Deadline);

    // Mallory was a member once and still has the key.
    public override async Task<string> ReadAsync()
    {
        var group = new Group { Uuid = _uuid, Creator = Alice.Keys.Fingerprint, Members = [Alice.Keys.Fingerprint, Bob.Keys.Fingerprint] };
        GroupTexts texts = await Bob.GroupOutbox.ReadAsync(group, new Dictionary<uint, ReadOnlyMemory<byte>> { [1] = GroupKey }, days: 0, Deadline);
        return string.Join(", ", texts.Texts.Select(text => $"{(text.Sender == Alice.Keys.Fingerprint ? "alice" : "somebody else")}: {text.Text}"));
    }

    public override string Expected(int version) => version == 1 ? "alice: text 1" : "alice: text 1, alice: text 2";

    public override IEnumerable<byte[]> Forged()
    {
        GroupMessage own = Message(Mallory.Keys, _uuid);
        yield return Record(Alice.Keys.Fingerprint, own with { Sender = Alice.Keys.Fingerprint });
        yield return Record(Alice.Keys.Fingerprint, own with { Sender = Alice.Keys.Fingerprint, Id = $"{Alice.Keys.Fingerprint}_{_uuid}_{own.TimestampMs}" });
        yield return Record(Alice.Keys.Fingerprint, Message(Alice.Keys, _uuid) with { Ciphertext = own.Ciphertext, Nonce = own.Nonce, Tag = own.Tag });
    }

    public override IEnumerable<byte[]> Foreign()
    {
        GroupMessage elsewhere = Message(Alice.Keys, Guid.NewGuid().ToString("D"));
        yield return Record(Mallory.Keys.Fingerprint, Message(Mallory.Keys, _uuid));
        yield return Record(Alice.Keys.Fingerprint, elsewhere);
        yield return Record(Alice.Keys.Fingerprint, elsewhere with { Uuid = _uuid });
    }

    public override IEnumerable<byte[]> Oversized()
    {
        yield return GroupMessageCodec.Write(Alice.Keys.Fingerprint, _uuid, Enumerable.Repeat(Message(Alice.Keys, _uuid), GroupMessageCodec.MessagesMax + 1));
        yield return Record(Alice.Keys.Fingerprint, Message(Alice.Keys, _uuid) with { Ciphertext = new byte[GroupMessage.TextBytesMax + 1] });
        yield return new byte[600_000];
    }

    private GroupMessage Message(Kademlia.IUserKeys sender, string uuid) => GroupMessage.Seal(sender, uuid, 1, GroupKey, "hostile", 1000 * Later)!;

    private byte[] Record(string writer, GroupMessage message) => GroupMessageCodec.Write(writer, _uuid, [message]);
}
