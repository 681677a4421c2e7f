using System.Net;
using Dna.Fast.Identity;
using Dna.Fast.Messenger.Tests.Fakes;
using Dna.Fast.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Oracle;

/// <summary>Records as our services put them, read by a program that shares nothing with them: layouts, keys, signatures, seals.</summary>
public sealed class OracleTests : IDisposable
{
    private const string Uuid = "7c5a70e2-e407-4cb0-8c0c-7bfeb80c7572";
    private const string PostId = "p_1";
    private const ulong Day = 20_779;

    private static readonly TimeSpan Deadline = TestClient.Deadline;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dna-oracle-");
    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_oracle_reads_what_the_original_client_wrote()
    {
        foreach (string name in (string[])["pubkey.0", "reverse.0", "profile.0", "lookup.0", "contactlist.0", "outbox.0", "group.0"]) Save(name, Users.Fixture(name));
        Dictionary<string, string> answers = await CheckAsync();
        Assert.Equal(7, answers.Count);
        Assert.All(answers, answer => Assert.StartsWith("ok", answer.Value, StringComparison.Ordinal));
        Assert.Equal("ok offline message number one, offline message number two", answers["outbox.0"]);
        Assert.Equal($"ok {Users.BobFingerprint[..8]}", answers["contactlist.0"]);
    }

    [Fact]
    public async Task The_oracle_refuses_one_changed_bit()
    {
        foreach (string name in (string[])["pubkey.0", "reverse.0", "profile.0", "contactlist.0", "outbox.0"])
        {
            byte[] changed = Users.Fixture(name);
            // The last hex digit or byte of each is its signature's.
            changed[name is "outbox.0" ? ^1 : name is "contactlist.0" ? ^2 : ^10] ^= 1;
            Save(name, changed);
        }

        Assert.All(await CheckAsync(), answer => Assert.StartsWith("wrong", answer.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Our_records_pass_the_oracle()
    {
        var alice = new TestClient(_network, Users.Alice, owner: 1, _time);
        await WriteNamesAsync(alice);
        await WriteMessagesAsync(alice);
        await WriteGroupAsync(alice);
        await WriteOthersAsync(alice);
        Dictionary<string, string> expected = new()
        {
            ["pubkey"] = "ok Alice_1",
            ["reverse"] = "ok Alice_1",
            ["lookup"] = $"ok {Users.AliceFingerprint[..8]}",
            ["profile"] = "ok bio / \"ä\"",
            ["contactlist"] = $"ok {Users.BobFingerprint[..8]}",
            ["outbox"] = "ok one, two",
            ["bucket"] = "ok three",
            ["dht_identity"] = "ok key and certificate",
            ["group"] = "ok Friends",
            ["groupkey"] = "ok version 1, key 0707",
            ["groupmessages"] = "ok Hello, all",
            ["wall"] = "ok on my wall",
            ["guestwall"] = "ok on bob's wall",
            ["votes"] = "ok 0 up, 1 down",
            ["presence"] = "ok 192.0.2.7 4001",
            ["request"] = "ok alice: May I?",
            ["ack"] = $"ok 1 until {alice.Network.Now}",
        };
        Dictionary<string, string> answers = await CheckAsync();
        Assert.StartsWith("ok 0 of 1", answers["chunk"], StringComparison.Ordinal);
        answers.Remove("chunk");
        Assert.Equal(expected.OrderBy(entry => entry.Key), answers.OrderBy(entry => entry.Key));
    }

    [Fact]
    public async Task Every_key_of_the_two_tables_is_the_oracles()
    {
        Dictionary<string, string> theirs = await DnaOracle.AskAsync(
            "keys", Users.AliceFingerprint, Users.BobFingerprint, "alice_1", Uuid, PostId, $"{Day}", Convert.ToHexStringLower(Users.Alice.SigningKey.Span));
        Dictionary<string, InfoHash> ours = new()
        {
            ["pubkey"] = DnaKeys.PublicKeys(Users.AliceFingerprint),
            ["reverse"] = DnaKeys.Reverse(Users.AliceFingerprint),
            ["lookup"] = DnaKeys.Alias("alice_1"),
            ["profile"] = DnaKeys.Profile(Users.AliceFingerprint),
            ["old-profile"] = DnaKeys.OldProfile(Users.AliceFingerprint),
            ["dht_identity"] = DnaKeys.IdentityBackup(Users.AliceFingerprint),
            ["contactlist"] = DnaKeys.ContactList(Users.AliceFingerprint),
            ["outbox"] = DnaKeys.Outbox(Users.AliceFingerprint, Users.BobFingerprint),
            ["group"] = DnaKeys.Group(Uuid),
            ["wall"] = DnaKeys.Wall(Users.AliceFingerprint),
            ["presence"] = DnaKeys.Presence(Users.Alice.SigningKey.Span),
            ["requests"] = DnaKeys.ContactRequests(Users.AliceFingerprint),
            ["ack"] = DnaKeys.Acknowledgement(Users.BobFingerprint, Users.AliceFingerprint),
            ["votes"] = DnaKeys.Votes(PostId),
            ["registry"] = DnaKeys.BootstrapRegistry(),
            ["bucket"] = DnaKeys.Chunk(ChunkBases.OutboxDay(Users.AliceFingerprint, Users.BobFingerprint, Day), 0),
            ["group-key"] = DnaKeys.Chunk(ChunkBases.GroupKey(Uuid, 1), 0),
            ["group-outbox"] = DnaKeys.Chunk(ChunkBases.GroupOutbox(Uuid, Day), 0),
            ["wall-chunks"] = DnaKeys.Chunk(ChunkBases.WallPosts(Users.AliceFingerprint, Users.BobFingerprint), 0),
            ["contributors"] = DnaKeys.Chunk(ChunkBases.WallContributors(Users.AliceFingerprint), 0),
            ["name-chunks"] = DnaKeys.Chunk(ChunkBases.Alias("alice_1"), 0),
            ["profile-chunks"] = DnaKeys.Chunk(ChunkBases.Profile(Users.AliceFingerprint), 0),
            ["group-chunks"] = DnaKeys.Chunk(ChunkBases.Group(Uuid), 0),
            ["nodes"] = DnaKeys.Chunk(ChunkBases.BootstrapNodes, 0),
        };
        Assert.Equal(theirs.OrderBy(key => key.Key), ours.Select(key => KeyValuePair.Create(key.Key, key.Value.ToString())).OrderBy(key => key.Key));
    }

    private async Task WriteNamesAsync(TestClient alice)
    {
        await alice.Profiles.UpdateAsync(alice.Keys, profile => profile with { Bio = "bio / \"ä\"", Wallets = profile.Wallets.With("eth", "0x52908400098527886E0F7030069857D2E4169EE7") }, Deadline);
        Assert.True((await alice.Keyserver.RegisterAsync(alice.Keys, "Alice_1", Deadline)).IsSuccess);
        await alice.Contacts.AddAsync(alice.Keys, ContactList.Empty(Users.AliceFingerprint), Users.BobFingerprint, Deadline);
        Save("pubkey", At(DnaKeys.PublicKeys(Users.AliceFingerprint)));
        Save("reverse", At(DnaKeys.Reverse(Users.AliceFingerprint)));
        Save("lookup", At(DnaKeys.Alias("alice_1")));
        Save("profile", At(DnaKeys.Profile(Users.AliceFingerprint)));
        Save("contactlist", At(DnaKeys.ContactList(Users.AliceFingerprint)));
    }

    private async Task WriteMessagesAsync(TestClient alice)
    {
        async Task SendAsync(string recipient, byte[] envelope) => Assert.True((await alice.Queue.QueueAsync(alice.Keys, recipient, envelope, Deadline)).IsSuccess);
        byte[] Sealed(string text) => alice.Keys.Seal([alice.Keys.EncryptionKey, Users.Bob.EncryptionKey], System.Text.Encoding.UTF8.GetBytes(text))!;
        foreach (string text in (string[])["one", "two"]) await SendAsync(Users.BobFingerprint, Sealed(text));
        Save("outbox", At(DnaKeys.Outbox(Users.AliceFingerprint, Users.BobFingerprint)));
        // Three long ones leave no room for a third short one.
        for (int i = 0; i < 3; i++) await SendAsync(Users.BobFingerprint, System.Security.Cryptography.RandomNumberGenerator.GetBytes(13_500));
        await SendAsync(Users.BobFingerprint, Sealed("three"));
        string day = ChunkBases.OutboxDay(Users.AliceFingerprint, Users.BobFingerprint, DnaKeys.DayOf(alice.Network.Now));
        Save("bucket", await WholeAsync(alice, day));
        Save("chunk", At(DnaKeys.Chunk(day, 0)));
        await alice.Inbox.ConfirmAsync(alice.Keys, [new OfflineMessage(alice.Network.Now, alice.Network.Now + 9, Users.BobFingerprint, Users.AliceFingerprint, new byte[] { 1 })], Deadline);
        Save("ack", At(DnaKeys.Acknowledgement(Users.AliceFingerprint, Users.BobFingerprint)));
    }

    private async Task WriteGroupAsync(TestClient alice)
    {
        byte[] key = [.. Enumerable.Repeat((byte)7, GroupKeyPacket.KeyBytes)];
        Assert.True((await alice.Groups.CreateAsync(alice.Keys, Guid.Parse(Uuid), "Friends", "of mine", [Users.BobFingerprint], Deadline)).IsSuccess);
        await alice.GroupKeys.PublishAsync(
            alice.Keys, Uuid, 1, [(Users.AliceFingerprint, alice.Keys.EncryptionKey), (Users.BobFingerprint, Users.Bob.EncryptionKey)], key, Deadline);
        await alice.GroupOutbox.SendAsync(alice.Keys, Uuid, 1, key, "Hello, all", Deadline);
        Save("group", At(DnaKeys.Group(Uuid)));
        Save("groupkey", await WholeAsync(alice, ChunkBases.GroupKey(Uuid, 1)));
        Save("groupmessages", await WholeAsync(alice, ChunkBases.GroupOutbox(Uuid, DnaKeys.DayOf(alice.Network.Now))));
        Save("groupmessages.key", key);
    }

    private async Task WriteOthersAsync(TestClient alice)
    {
        await alice.Wall.PostAsync(alice.Keys, Users.AliceFingerprint, "on my wall", "", Deadline);
        await alice.Wall.PostAsync(alice.Keys, Users.BobFingerprint, "on bob's wall", "", Deadline);
        await alice.Votes.VoteAsync(alice.Keys, PostId, isUp: false, Deadline);
        await alice.Presences.PublishAsync(alice.Keys, IPAddress.Parse("192.0.2.7"), 4001, Deadline);
        await alice.Requests.SendAsync(alice.Keys, Users.BobFingerprint, "alice", "May I?", Deadline);
        using RsaIdentity identity = await RsaIdentity.GenerateAsync(2048, CertificateForm.SelfSigned, TimeProvider.System);
        Save("dht_identity", alice.Keys.Suite.SealBlob(alice.Keys.EncryptionKey.Span, DhtIdentityBuffer.Export(identity))!);
        Save("wall", At(DnaKeys.Wall(Users.AliceFingerprint)));
        Save("guestwall", await WholeAsync(alice, ChunkBases.WallPosts(Users.BobFingerprint, Users.AliceFingerprint)));
        Save("votes", At(DnaKeys.Votes(PostId)));
        Save("presence", At(DnaKeys.Presence(alice.Keys.SigningKey.Span)));
        Save("request", At(DnaKeys.ContactRequests(Users.BobFingerprint)));
    }

    private byte[] At(InfoHash key) => Assert.Single(_network.At(key)).Newest.Data;

    private static async Task<byte[]> WholeAsync(TestClient client, string baseKey) => (await client.Chunks.ReadAllAsync(baseKey, 1_000_000, Deadline)).Value!.Single().Data.ToArray();

    private void Save(string name, byte[] data) => File.WriteAllBytes(Path.Combine(_folder.FullName, name), data);

    private Task<Dictionary<string, string>> CheckAsync()
    {
        Save("alice.key", Users.Alice.SigningKey.ToArray());
        Save("bob.key", Users.Bob.SigningKey.ToArray());
        string Seed(byte value) => Convert.ToHexStringLower([.. Enumerable.Repeat(value, 32)]);
        return DnaOracle.AskAsync("check", _folder.FullName, Seed(0xA2), Seed(0xB2));
    }
}
