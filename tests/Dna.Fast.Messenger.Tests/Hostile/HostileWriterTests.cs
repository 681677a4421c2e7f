using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Messenger.Tests.Hostile;

/// <summary>Every reader against every kind of hostile writer: what Alice wrote is what Bob reads, and where Alice wrote nothing Bob believes nothing.</summary>
public sealed class HostileWriterTests
{
    // Answers come in any order; a reader that takes the first one would be found out in one of so many readings.
    private const int Readings = 6;

    private static readonly Dictionary<string, Func<HostileScene>> Scenes = new()
    {
        ["public keys"] = () => new PublicKeyScene(),
        ["reverse entry"] = () => new ReverseScene(),
        ["alias"] = () => new AliasScene(),
        ["profile"] = () => new ProfileScene(),
        ["outbox"] = () => new OutboxScene(),
        ["daily bucket"] = () => new BucketScene(),
        ["acknowledgement"] = () => new AcknowledgementScene(),
        ["group"] = () => new GroupScene(),
        ["group key"] = () => new GroupKeyScene(),
        ["group outbox"] = () => new GroupOutboxScene(),
        ["contact list"] = () => new ContactListScene(),
        ["contact request"] = () => new ContactRequestScene(),
        ["wall"] = () => new WallScene(),
        ["votes"] = () => new VoteScene(),
        ["presence"] = () => new PresenceScene(),
        ["registry"] = () => new RegistryScene(),
        ["chunks"] = () => new ChunkScene(),
    };

    public static TheoryData<string> Readers => [.. Scenes.Keys];

    [Theory]
    [MemberData(nameof(Readers))]
    public Task A_forged_record_is_refused(string reader) => RefuseAsync(reader, scene => scene.Forged());

    [Theory]
    [MemberData(nameof(Readers))]
    public Task A_record_that_belongs_elsewhere_is_refused(string reader) => RefuseAsync(reader, scene => scene.Foreign());

    [Theory]
    [MemberData(nameof(Readers))]
    public Task An_oversized_record_is_refused(string reader) => RefuseAsync(reader, scene => scene.Oversized());

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task A_replayed_old_version_is_refused(string reader)
    {
        HostileScene scene = await SceneAsync(reader);
        await scene.WriteAsync(1);
        Assert.Equal(scene.Expected(1), await scene.ReadAsync());
        var old = scene.Network.Everything();
        scene.Time.Advance(TimeSpan.FromMinutes(2));
        await scene.WriteAsync(2);
        foreach ((InfoHash key, Fakes.FakeSlot slot, byte[] data) in old)
        {
            scene.Network.PutUnsigned(key, data);
            scene.Network.Put(key, scene.Mallory.Dht.OwnerKey.ToArray(), new NewSecureValue { Id = scene.Mallory.Network.OwnerValueId, Type = HostileScene.Type, Data = data });
        }

        await ReadsAsync(scene, scene.Expected(2));
    }

    /// <summary>Mallory was first: every slot whose number can be known is taken by an owner who is not the user.</summary>
    [Theory]
    [MemberData(nameof(Readers))]
    public async Task The_wrong_owner_on_the_users_slot_keeps_nobody_out(string reader)
    {
        HostileScene scene = await SceneAsync(reader);
        byte[] hostile = scene.Forged().First();
        foreach (ulong id in Slots(scene)) scene.Plant(hostile, scene.Mallory.Dht.OwnerKey.ToArray(), id);
        await ReadsAsync(scene, "");
        await scene.WriteAsync(1);
        await ReadsAsync(scene, scene.Expected(1));
        scene.Time.Advance(TimeSpan.FromMinutes(2));
        await scene.WriteAsync(2);
        await ReadsAsync(scene, scene.Expected(2));
    }

    /// <summary>Different nodes keep different owners under one id, and answer in any order.</summary>
    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Of_two_owners_with_one_id_the_right_one_is_read(string reader)
    {
        HostileScene scene = await SceneAsync(reader);
        scene.Network.IsSplit = true;
        await scene.WriteAsync(1);
        foreach (byte[] hostile in scene.Forged())
        {
            foreach (ulong id in Slots(scene)) scene.Plant(hostile, scene.Mallory.Dht.OwnerKey.ToArray(), id);
        }

        await ReadsAsync(scene, scene.Expected(1));
        scene.Time.Advance(TimeSpan.FromMinutes(2));
        await scene.WriteAsync(2);
        await ReadsAsync(scene, scene.Expected(2));
    }

    [Fact]
    public async Task A_message_that_was_delivered_is_not_delivered_again_whatever_time_somebody_gives_it()
    {
        var scene = new OutboxScene();
        await scene.WriteAsync(1);
        InboxReport report = await scene.Bob.Inbox.RetrieveAsync(scene.Bob.Keys.Fingerprint, [scene.Alice.Keys.Fingerprint], InboxDepth.Recent, HostileScene.Deadline);
        await scene.Bob.Inbox.ConfirmAsync(scene.Bob.Keys, report.Messages, HostileScene.Deadline);
        scene.Time.Advance(TimeSpan.FromDays(8));
        OfflineMessage old = report.Messages.Single();
        ulong now = scene.Bob.Network.Now;
        scene.Plant(OutboxCodec.Write([new OfflineMessage(now, now + 1000, old.Sender, old.Recipient, old.Envelope)]), [], 0);
        await ReadsAsync(scene, "");
    }

    private static async Task RefuseAsync(string reader, Func<HostileScene, IEnumerable<byte[]>> attack)
    {
        HostileScene scene = await SceneAsync(reader);
        byte number = 0x70;
        foreach (byte[] hostile in attack(scene))
        {
            // Each as an owner of its own, so that none replaces another; and unsigned.
            byte[] owner = [number++, 1, 2, 3];
            scene.Plant(hostile, owner, DnaKeys.OwnerValueId(LongId.Of(owner)));
            scene.Plant(hostile, [], 0);
        }

        await ReadsAsync(scene, "");
        await scene.WriteAsync(1);
        await ReadsAsync(scene, scene.Expected(1));
        scene.Time.Advance(TimeSpan.FromMinutes(2));
        await scene.WriteAsync(2);
        await ReadsAsync(scene, scene.Expected(2));
    }

    private static ulong[] Slots(HostileScene scene) =>
        [1, scene.Alice.Network.OwnerValueId, scene.Bob.Network.OwnerValueId, DnaKeys.RequestValueId(scene.Alice.Keys.Fingerprint), scene.Mallory.Network.OwnerValueId];

    private static async Task<HostileScene> SceneAsync(string reader)
    {
        HostileScene scene = Scenes[reader]();
        await scene.PrepareAsync();
        return scene;
    }

    private static async Task ReadsAsync(HostileScene scene, string expected)
    {
        for (int i = 0; i < Readings; i++) Assert.Equal(expected, await scene.ReadAsync());
    }
}
