using System.Net;
using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;
using Dna.Fast.Tests.Shared;

namespace Dna.Fast.Messenger.Tests.Network;

/// <summary>The services over three real nodes, with the original's algorithms: users sign with ML-DSA-87, owners with RSA.</summary>
public sealed class LoopbackTests : IClassFixture<OwnerKeys>, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly LoopbackNode _first;
    private readonly LoopbackNode _second;
    private readonly LoopbackNode _third;
    private readonly TestClient _alice;
    private readonly TestClient _bob;

    public LoopbackTests(OwnerKeys owners)
    {
        _first = new LoopbackNode(owners.Identities[0]);
        _second = new LoopbackNode(owners.Identities[1], _first);
        _third = new LoopbackNode(owners.Identities[2], _first);
        _alice = new TestClient(_second.Dht, Users.Alice, TimeProvider.System);
        _bob = new TestClient(_third.Dht, Users.Bob, TimeProvider.System);
    }

    [Fact]
    public async Task Names_keys_and_profiles_go_through_a_real_network()
    {
        AssertGood(await _alice.Keyserver.RegisterAsync(_alice.Keys, "Alice_1", Deadline));
        AssertGood(await _bob.Keyserver.RegisterAsync(_bob.Keys, "bob_1", Deadline));
        AssertGood(await _alice.Profiles.UpdateAsync(_alice.Keys, profile => profile with { Bio = "Hello", DisplayName = "Alice" }, Deadline));
        Assert.Equal(Users.AliceFingerprint, (await _bob.Keyserver.LookupAsync("ALICE_1", Deadline)).Value?.Fingerprint);
        Profile profile = Assert.IsType<Profile>((await _bob.Names.OwnerAsync("alice_1", Deadline)).Value);
        Assert.Equal(("Hello", "Alice", 2U), (profile.Bio, profile.DisplayName, profile.Version));
        Assert.Equal("bob_1", (await _alice.Keyserver.ReverseAsync(Users.BobFingerprint, Deadline)).Value?.Identity);
        Assert.Equal(ResultCode.AlreadyExists, (await _bob.Keyserver.RegisterAsync(_bob.Keys, "alice_1", Deadline)).Code);
        Assert.Equal(ResultCode.NotFound, (await _bob.Keyserver.LookupAsync("nobody", Deadline)).Code);
    }

    [Fact]
    public async Task Sealed_messages_overflow_arrive_once_and_in_order_and_are_acknowledged()
    {
        string[] texts = [.. Enumerable.Range(1, 12).Select(i => $"message {i}")];
        foreach (string text in texts)
            AssertGood(await _alice.Queue.QueueAsync(_alice.Keys, Users.BobFingerprint, _alice.Keys.Seal([_alice.Keys.EncryptionKey, _bob.Keys.EncryptionKey], Encoding.UTF8.GetBytes(text))!, Deadline));

        InboxReport report = await _bob.Inbox.RetrieveAsync(Users.BobFingerprint, [Users.AliceFingerprint], InboxDepth.Recent, Deadline);
        Assert.Empty(report.Unknown);
        Assert.Equal(texts, report.Messages.Select(Open));
        AssertGood(await _bob.Inbox.ConfirmAsync(_bob.Keys, report.Messages, Deadline));
        Assert.Empty((await _bob.Inbox.RetrieveAsync(Users.BobFingerprint, [Users.AliceFingerprint], InboxDepth.Recent, Deadline)).Messages);
        Assert.Equal(12, (await _alice.Queue.AcknowledgementAsync(Users.AliceFingerprint, Users.BobFingerprint, Deadline)).Value?.Delivered.Count);
        AssertGood(await _alice.Queue.PruneAsync(_alice.Keys, Users.BobFingerprint, Deadline));
    }

    [Fact]
    public async Task Groups_contacts_walls_and_presences_go_through_a_real_network()
    {
        AssertGood(await _alice.Keyserver.PublishAsync(_alice.Keys, null, Deadline));
        AssertGood(await _bob.Keyserver.PublishAsync(_bob.Keys, null, Deadline));
        string uuid = Guid.NewGuid().ToString();
        Assert.True((await _alice.Groups.CreateAsync(_alice.Keys, Guid.Parse(uuid), "Group", "", [Users.BobFingerprint], Deadline)).IsSuccess);
        Assert.True((await _bob.Groups.UpdateAsync(_bob.Keys, uuid, Users.AliceFingerprint, "Renamed", null, Deadline)).IsSuccess);
        Assert.Equal("Renamed", (await _alice.Groups.GetAsync(uuid, Users.AliceFingerprint, Deadline)).Value?.Name);

        ContactList none = ContactList.Empty(Users.AliceFingerprint);
        Assert.True((await _alice.Contacts.AddAsync(_alice.Keys, none, Users.BobFingerprint, Deadline)).IsSuccess);
        // The second device has the keys and nothing else, not even the owner key.
        var device = new TestClient(_first.Dht, Users.Alice, TimeProvider.System);
        Assert.Equal([Users.BobFingerprint], (await device.Contacts.SyncAsync(_alice.Keys, none, Deadline)).Value?.Contacts);

        for (int i = 0; i < 12; i++) AssertPosted(await _alice.Wall.PostAsync(_alice.Keys, Users.AliceFingerprint, $"post {i}", "", Deadline));
        AssertPosted(await _bob.Wall.PostAsync(_bob.Keys, Users.AliceFingerprint, "Bob was here", "", Deadline));
        Assert.Equal(13, (await _bob.Wall.LoadAsync(Users.AliceFingerprint, 0, 100, Deadline)).Value?.Total);

        AssertGood(await _alice.Presences.PublishAsync(_alice.Keys, IPAddress.Loopback, 4001, Deadline));
        Assert.Equal("127.0.0.1", (await _bob.Presences.FindAsync(_alice.Keys.SigningKey, Deadline)).Value?.Ip);
        AssertGood(await _alice.Registry.RegisterAsync(new RegistryNode("127.0.0.1", _first.Address.Port, "", "0.1.0", _alice.Network.Now, 1), Deadline));
        Assert.Single((await _bob.Registry.FindAsync(10, Deadline)).Value ?? []);
    }

    public void Dispose()
    {
        _alice.Network.Dispose();
        _bob.Network.Dispose();
        _third.Dispose();
        _second.Dispose();
        _first.Dispose();
    }

    private static void AssertGood(PutReport report) => Assert.Equal(ResultCode.Success, report.Code);

    private static void AssertPosted(PostReport report) => Assert.Equal(ResultCode.Success, report.Code);

    private static string Open(OfflineMessage message)
    {
        Assert.Equal(OpenStatus.Ok, Users.Bob.Open(message.Envelope.Span, out byte[]? plaintext, out byte[]? sender));
        Assert.Equal(Users.AliceFingerprint, UserFingerprint.Of(sender));
        return Encoding.UTF8.GetString(plaintext!);
    }
}
