using Dna.Fast.Messenger.Tests.Fakes;

namespace Dna.Fast.Messenger.Tests.Services;

public sealed class GroupServiceTests : ServiceTests
{
    private static readonly Guid Uuid = new("7c5a70e2-e407-4cb0-8c0c-7bfeb80c7572");

    private static string Name => Uuid.ToString();

    [Fact]
    public async Task Pain_38_a_group_is_usable_after_its_creation()
    {
        Group made = await CreateAsync();
        Assert.Equal([Alice.Keys.Fingerprint, Bob.Keys.Fingerprint], made.Members);
        Assert.True((await Alice.Groups.UpdateAsync(Alice.Keys, Name, null, "Renamed", null, Deadline)).IsSuccess);
        Assert.True((await Alice.Groups.AddMemberAsync(Alice.Keys, Name, null, Carol.Keys.Fingerprint, Deadline)).IsSuccess);
        Group seen = (await Carol.Groups.GetAsync(Name, null, Deadline)).Value!;
        Assert.Equal(("Renamed", "What for", 3U, 3), (seen.Name, seen.Description, seen.Version, seen.Members.Count));
        Assert.True((await Alice.Groups.DeleteAsync(Alice.Keys, Name, Deadline)).IsSuccess);
        Assert.Equal(ResultCode.NotFound, (await Carol.Groups.GetAsync(Name, null, Deadline)).Code);
    }

    [Fact]
    public async Task The_originals_group_is_read_and_only_its_creator_takes_it_over()
    {
        Network.PutUnsigned(DnaKeys.Group(Name), Users.Fixture("group.0"));
        Assert.Equal("TestGroup", (await Carol.Groups.GetAsync(Name, null, Deadline)).Value!.Name);
        var bob = new TestClient(Network, Users.Bob, owner: 8, Time);
        Assert.Equal(ResultCode.AuthenticationFailed, (await bob.Groups.UpdateAsync(bob.Keys, Name, null, "x", null, Deadline)).Code);
        var alice = new TestClient(Network, Users.Alice, owner: 9, Time);
        Assert.True((await alice.Groups.UpdateAsync(alice.Keys, Name, null, "Signed now", null, Deadline)).IsSuccess);
        Assert.Equal("Signed now", (await Carol.Groups.GetAsync(Name, null, Deadline)).Value!.Name);
        Assert.True((await bob.Groups.UpdateAsync(bob.Keys, Name, null, "By a member", null, Deadline)).IsSuccess);
        Assert.Equal("By a member", (await Carol.Groups.GetAsync(Name, null, Deadline)).Value!.Name);
    }

    [Fact]
    public async Task Members_rename_and_leave_and_strangers_do_nothing()
    {
        await CreateAsync();
        Assert.True((await Bob.Groups.UpdateAsync(Bob.Keys, Name, Alice.Keys.Fingerprint, null, "Bob's words", Deadline)).IsSuccess);
        Assert.Equal("Bob's words", (await Alice.Groups.GetAsync(Name, null, Deadline)).Value!.Description);
        Assert.Equal(ResultCode.AuthenticationFailed, (await Bob.Groups.RemoveMemberAsync(Bob.Keys, Name, null, Alice.Keys.Fingerprint, Deadline)).Code);
        Assert.Equal(ResultCode.AuthenticationFailed, (await Bob.Groups.DeleteAsync(Bob.Keys, Name, Deadline)).Code);
        Assert.Equal(ResultCode.AlreadyExists, (await Bob.Groups.AddMemberAsync(Bob.Keys, Name, null, Alice.Keys.Fingerprint, Deadline)).Code);
        Assert.Equal(ResultCode.AuthenticationFailed, (await Carol.Groups.UpdateAsync(Carol.Keys, Name, null, "x", null, Deadline)).Code);
        Assert.Equal(ResultCode.AuthenticationFailed, (await Carol.Groups.AddMemberAsync(Carol.Keys, Name, null, Carol.Keys.Fingerprint, Deadline)).Code);
        Assert.True((await Bob.Groups.RemoveMemberAsync(Bob.Keys, Name, null, Bob.Keys.Fingerprint, Deadline)).IsSuccess);
        Assert.Equal([Alice.Keys.Fingerprint], (await Alice.Groups.GetAsync(Name, null, Deadline)).Value!.Members);
        Assert.Equal(ResultCode.AuthenticationFailed, (await Bob.Groups.UpdateAsync(Bob.Keys, Name, null, "x", null, Deadline)).Code);
        Assert.Equal(ResultCode.NotFound, (await Alice.Groups.RemoveMemberAsync(Alice.Keys, Name, null, Bob.Keys.Fingerprint, Deadline)).Code);
        Assert.Equal(ResultCode.AuthenticationFailed, (await Alice.Groups.RemoveMemberAsync(Alice.Keys, Name, null, Alice.Keys.Fingerprint, Deadline)).Code);
    }

    [Fact]
    public async Task A_hostile_writer_changes_nothing_for_who_knows_the_creator()
    {
        await CreateAsync();
        Group evil = GroupCodec.Sign(Carol.Keys, new Group { Uuid = Name, Name = "Evil", Creator = Carol.Keys.Fingerprint, Version = 99, Members = [Carol.Keys.Fingerprint] });
        Group outsider = GroupCodec.Sign(Carol.Keys, (await Alice.Groups.GetAsync(Name, null, Deadline)).Value! with { Name = "Evil", Version = 99 });
        Group deleted = GroupCodec.Sign(Carol.Keys, new Group { Uuid = Name, Creator = Carol.Keys.Fingerprint, Version = 99, IsDeleted = true });
        foreach (Group group in (Group[])[evil, outsider, deleted]) Network.PutUnsigned(DnaKeys.Group(Name), GroupCodec.Write(group));
        Network.PutUnsigned(DnaKeys.Group(Name), """{"deleted":true}"""u8.ToArray());
        for (int i = 0; i < 5; i++) Assert.Equal("Group", (await Bob.Groups.GetAsync(Name, Alice.Keys.Fingerprint, Deadline)).Value!.Name);
        Assert.Equal(ResultCode.AuthenticationFailed, (await Bob.Groups.GetAsync(Name, null, Deadline)).Code);
        Assert.True((await Alice.Groups.DeleteAsync(Alice.Keys, Name, Deadline)).IsSuccess);
    }

    [Fact]
    public async Task A_creator_removes_a_member_that_wrote_the_highest_number()
    {
        Group group = await CreateAsync();
        Network.PutUnsigned(DnaKeys.Group(Name), GroupCodec.Write(GroupCodec.Sign(Bob.Keys, group with { Version = uint.MaxValue, Name = "Frozen" })));
        Network.PutUnsigned(DnaKeys.Group(Name), GroupCodec.Write(GroupCodec.Sign(Bob.Keys, group with { Version = group.Version + GroupRules.MemberVersionsMax, Name = "Far" })));
        Assert.Equal(ResultCode.OutOfMemory, (await Bob.Groups.UpdateAsync(Bob.Keys, Name, null, "More", null, Deadline)).Code);
        Assert.True((await Alice.Groups.RemoveMemberAsync(Alice.Keys, Name, null, Bob.Keys.Fingerprint, Deadline)).IsSuccess);
        Assert.Equal([Alice.Keys.Fingerprint], (await Carol.Groups.GetAsync(Name, null, Deadline)).Value!.Members);
    }

    [Fact]
    public async Task A_change_that_no_reader_would_count_is_refused_before_it_is_sent()
    {
        Network.PutUnsigned(DnaKeys.Group(Name), GroupCodec.Write(GroupCodec.Sign(Alice.Keys, (await CreateAsync()) with { Version = uint.MaxValue })));
        Assert.Equal(ResultCode.OutOfMemory, (await Alice.Groups.UpdateAsync(Alice.Keys, Name, null, "More", null, Deadline)).Code);
        Assert.True((await Alice.Groups.GetAsync(Name, null, Deadline)).IsSuccess);
    }

    [Fact]
    public async Task Changes_by_one_client_at_the_same_time_all_count()
    {
        await CreateAsync();
        await Task.WhenAll(Enumerable.Range(10, 8).Select(i => Alice.Groups.AddMemberAsync(Alice.Keys, Name, null, Users.Fast((byte)i).Fingerprint, Deadline)));
        Assert.Equal(10, (await Bob.Groups.GetAsync(Name, null, Deadline)).Value!.Members.Count);
    }

    [Fact]
    public async Task A_group_that_cannot_be_read_is_not_changed()
    {
        await CreateAsync();
        Network.IsUnreachable = true;
        Assert.Equal(ResultCode.NetworkError, (await Alice.Groups.UpdateAsync(Alice.Keys, Name, null, "x", null, Deadline)).Code);
        Network.IsUnreachable = false;
        Assert.Equal(1, Network.Puts);
        Assert.Equal(ResultCode.NotFound, (await Alice.Groups.GetAsync(Guid.Empty.ToString(), null, Deadline)).Code);
        Assert.Equal(ResultCode.InvalidParameter, (await Alice.Groups.GetAsync("no uuid", null, Deadline)).Code);
        Assert.Equal(ResultCode.InvalidParameter, (await Alice.Groups.UpdateAsync(Alice.Keys, Name, null, "a\"b", null, Deadline)).Code);
        Assert.Equal(ResultCode.InvalidParameter, (await Alice.Groups.CreateAsync(Alice.Keys, Guid.Empty, "x", "", ["no fingerprint"], Deadline)).Code);
    }

    [Fact]
    public async Task A_rotated_key_reaches_who_is_still_a_member()
    {
        await CreateAsync();
        byte[] first = [.. Enumerable.Repeat((byte)1, 32)], second = [.. Enumerable.Repeat((byte)2, 32)];
        Assert.True((await Alice.GroupKeys.PublishAsync(Alice.Keys, Name, 1, [Member(Alice), Member(Bob)], first, Deadline)).IsSuccess);
        Assert.Equal(first, (await Bob.GroupKeys.FetchAsync(Bob.Keys, Name, 1, Alice.Keys.SigningKey, Deadline)).Value);
        await Alice.Groups.RemoveMemberAsync(Alice.Keys, Name, null, Bob.Keys.Fingerprint, Deadline);
        Assert.True((await Alice.GroupKeys.PublishAsync(Alice.Keys, Name, 2, [Member(Alice)], second, Deadline)).IsSuccess);
        Assert.Equal(2U, (await Alice.Groups.SetKeyVersionAsync(Alice.Keys, Name, 2, Deadline)).Value!.KeyVersion);
        Assert.Equal(second, (await Alice.GroupKeys.FetchAsync(Alice.Keys, Name, 2, Alice.Keys.SigningKey, Deadline)).Value);
        Assert.Equal(ResultCode.CryptographyFailed, (await Bob.GroupKeys.FetchAsync(Bob.Keys, Name, 2, Alice.Keys.SigningKey, Deadline)).Code);
        // A packet of somebody else under the same key.
        await Carol.GroupKeys.PublishAsync(Carol.Keys, Name, 3, [Member(Bob)], second, Deadline);
        Assert.Equal(ResultCode.AuthenticationFailed, (await Bob.GroupKeys.FetchAsync(Bob.Keys, Name, 3, Alice.Keys.SigningKey, Deadline)).Code);
        Assert.Equal(ResultCode.NotFound, (await Bob.GroupKeys.FetchAsync(Bob.Keys, Name, 4, Alice.Keys.SigningKey, Deadline)).Code);
    }

    private static (string, ReadOnlyMemory<byte>) Member(TestClient client) => (client.Keys.Fingerprint, client.Keys.EncryptionKey);

    private async Task<Group> CreateAsync() =>
        (await Alice.Groups.CreateAsync(Alice.Keys, Uuid, "Group", "What for", [Bob.Keys.Fingerprint], Deadline)).Value!;
}
