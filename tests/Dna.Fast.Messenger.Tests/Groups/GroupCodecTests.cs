using System.Text;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger.Tests.Groups;

public sealed class GroupCodecTests
{
    internal const string Uuid = "7c5a70e2-e407-4cb0-8c0c-7bfeb80c7572";

    [Fact]
    public void The_originals_group_is_read_and_its_cut_creator_is_completed()
    {
        byte[] data = Users.Fixture("group.0");
        Assert.Equal(RecordStatus.Ok, GroupCodec.Read(data, Users.Known, Uuid, out Group? group));
        Assert.Equal(Users.AliceFingerprint, group!.Creator);
        Assert.Equal([Users.AliceFingerprint, Users.BobFingerprint], group.Members);
        Assert.Equal(("TestGroup", "desc", 1U, 1_795_363_504UL), (group.Name, group.Description, group.Version, group.CreatedAt));
        Assert.False(group.IsSigned);
        Assert.Equal(data, GroupCodec.Write(group with { Creator = Users.AliceFingerprint[..32] }));
    }

    [Fact]
    public void A_group_of_ours_begins_as_the_originals_does_and_its_slashes_stay()
    {
        IUserKeys owner = Users.Fast(1);
        Group signed = GroupCodec.Sign(owner, New(owner) with { Name = "a/b ü 😀", KeyVersion = 3 });
        Assert.True(GroupCodec.IsWritable(signed));
        byte[] data = GroupCodec.Write(signed);
        string text = Encoding.UTF8.GetString(data);
        Assert.StartsWith($$"""{"group_uuid":"{{Uuid}}","name":"a/b ü 😀","description":"","creator":"{{owner.Fingerprint}}","created_at":5,"version":1,"member_count":1,"members":["{{owner.Fingerprint}}"],"gek_version":3,"signer":""", text, StringComparison.Ordinal);
        Assert.Equal(RecordStatus.Ok, GroupCodec.Read(data, Users.Known, Uuid, out Group? read));
        Assert.Equal(data, GroupCodec.Write(read!));
    }

    [Fact]
    public void A_changed_signed_group_and_one_under_another_uuid_are_refused()
    {
        IUserKeys owner = Users.Fast(1);
        Group signed = GroupCodec.Sign(owner, New(owner));
        Group[] changed =
        [
            signed with { Name = "x" }, signed with { Description = "x" }, signed with { Version = 9 }, signed with { CreatedAt = 9 }, signed with { KeyVersion = 9 },
            signed with { Members = [owner.Fingerprint, Users.AliceFingerprint] }, signed with { Creator = Users.AliceFingerprint }, signed with { Signer = Users.AliceFingerprint },
            signed with { SignerKey = Users.Fast(2).SigningKey }, signed with { IsDeleted = true },
        ];
        foreach (Group group in changed) Assert.Equal(RecordStatus.BadSignature, GroupCodec.Read(GroupCodec.Write(group), Users.Known, Uuid, out _));
        Assert.NotEqual(RecordStatus.Ok, GroupCodec.Read(GroupCodec.Write(signed), Users.Known, Uuid.Replace('7', '8'), out _));
        Group deleted = GroupCodec.Sign(owner, New(owner) with { IsDeleted = true, Name = "", Members = [] });
        Assert.Equal(RecordStatus.Ok, GroupCodec.Read(GroupCodec.Write(deleted), Users.Known, Uuid, out _));
        Assert.Equal(RecordStatus.BadSignature, GroupCodec.Read(GroupCodec.Write(deleted), Users.Known, Uuid.Replace('7', '8'), out _));
    }

    [Fact]
    public void What_the_original_could_not_read_is_not_written()
    {
        IUserKeys owner = Users.Fast(1);
        Group good = New(owner);
        Assert.True(GroupCodec.IsWritable(good));
        Assert.True(GroupCodec.IsWritable(good with { Name = "\ud83d\ude00\ufffd" }));
        Group[] bad =
        [
            good with { Name = "a\"b" }, good with { Name = "a\\b" }, good with { Name = "a\nb" }, good with { Name = "" }, good with { Name = new string('x', 128) },
            good with { Description = new string('x', 512) }, good with { Members = [] }, good with { Members = ["x"] },
            good with { Members = [owner.Fingerprint, owner.Fingerprint] }, good with { Name = "\ud800" }, good with { Name = "\udc00x" }, good with { Name = "a\ud83d" },
            good with { Members = [.. Enumerable.Range(0, 257).Select(i => i.ToString("x128", null))] },
        ];
        Assert.All(bad, group => Assert.False(GroupCodec.IsWritable(group)));
    }

    [Fact]
    public void Mutated_groups_never_throw()
    {
        Mutations.Feed(Users.Fixture("group.0"), data => GroupCodec.Read(data, Users.Known, Uuid, out _));
        Mutations.Feed(GroupCodec.Write(GroupCodec.Sign(Users.Fast(1), New(Users.Fast(1)))), data => GroupCodec.Read(data, Users.Known, Uuid, out _));
    }

    internal static Group New(IUserKeys owner, params IUserKeys[] others) => new()
    {
        Uuid = Uuid,
        Name = "Group",
        Creator = owner.Fingerprint,
        CreatedAt = 5,
        Version = 1,
        Members = [owner.Fingerprint, .. others.Select(other => other.Fingerprint)],
    };
}
