using Dna.Fast.Kademlia;

namespace Dna.Fast.Messenger.Tests.Groups;

public sealed class GroupRulesTests
{
    private static readonly IUserKeys Owner = Users.Fast(1);
    private static readonly IUserKeys Member = Users.Fast(2);
    private static readonly IUserKeys Friend = Users.Fast(3);
    private static readonly IUserKeys Stranger = Users.Fast(4);

    private static readonly Group First = Signed(Owner, GroupCodecTests.New(Owner, Member));

    [Fact]
    public void The_highest_version_wins_in_whatever_order_they_come()
    {
        Group second = Next(Member, First, group => group with { Name = "Second" });
        Group third = Next(Owner, second, group => group with { Name = "Third" });
        Assert.Equal("Third", GroupRules.Choose([third, First, second], Owner.Fingerprint)!.Name);
        Assert.Equal("Second", GroupRules.Choose([second, First], null)!.Name);
    }

    [Fact]
    public void A_member_may_rename_add_and_leave_but_not_remove_another()
    {
        Assert.NotSame(First, GroupRules.Choose([First, Next(Member, First, group => group with { Name = "x" })], null));
        Assert.NotSame(First, GroupRules.Choose([First, Next(Member, First, group => group with { Members = [.. group.Members, Friend.Fingerprint] })], null));
        Assert.NotSame(First, GroupRules.Choose([First, Next(Member, First, group => group with { Members = [Owner.Fingerprint] })], null));
        Assert.Same(First, GroupRules.Choose([First, Next(Member, First, group => group with { Members = [Member.Fingerprint] })], null));
    }

    [Fact]
    public void A_member_that_a_member_added_may_write_too()
    {
        Group second = Next(Member, First, group => group with { Members = [.. group.Members, Friend.Fingerprint] });
        Group third = Next(Friend, second, group => group with { Name = "By a friend" });
        Assert.Equal("By a friend", GroupRules.Choose([third, second, First], null)!.Name);
        Assert.Same(First, GroupRules.Choose([third, First], null));
    }

    [Fact]
    public void A_stranger_and_a_removed_member_write_in_vain_whatever_their_version()
    {
        Assert.Same(First, GroupRules.Choose([First, Signed(Stranger, First with { Version = 1000, Members = [.. First.Members, Stranger.Fingerprint] })], null));
        Group without = Next(Owner, First, group => group with { Members = [Owner.Fingerprint] });
        Assert.Same(without, GroupRules.Choose([without, Signed(Member, First with { Version = 1000 })], null));
    }

    [Fact]
    public void Of_equal_versions_the_creators_counts()
    {
        Group byOwner = Next(Owner, First, group => group with { Name = "Owner's" }), byMember = Next(Member, First, group => group with { Name = "Member's" });
        Assert.Same(byOwner, GroupRules.Choose([byMember, byOwner, First], null));
        Assert.Same(byOwner, GroupRules.Choose([First, byOwner, byMember], null));
    }

    [Fact]
    public void Only_the_creator_deletes_and_nobody_brings_it_back()
    {
        Group deleted = Next(Owner, First, group => group with { IsDeleted = true, Name = "", Members = [] });
        Assert.Same(deleted, GroupRules.Choose([First, deleted, Next(Member, Next(Member, First, group => group), group => group)], null));
        Assert.Same(First, GroupRules.Choose([First, Next(Member, First, group => group with { IsDeleted = true, Members = [] })], null));
        Assert.Same(First, GroupRules.Choose([First, new Group { Uuid = GroupCodecTests.Uuid, Creator = Owner.Fingerprint, IsDeleted = true }], null));
    }

    [Fact]
    public void Two_signed_creators_make_it_nobodys_unless_the_reader_knows_whose_it_is()
    {
        Group foreign = Signed(Stranger, GroupCodecTests.New(Stranger) with { Version = 50 });
        Assert.Null(GroupRules.Choose([First, foreign], null));
        Assert.Same(First, GroupRules.Choose([First, foreign], Owner.Fingerprint));
        Assert.Null(GroupRules.Choose([foreign], Owner.Fingerprint));
    }

    [Fact]
    public void Unsigned_versions_count_only_where_nothing_is_signed()
    {
        Group old = GroupCodecTests.New(Owner), newer = old with { Version = 7 };
        Assert.Same(newer, GroupRules.Choose([old, newer], null));
        Assert.Same(First, GroupRules.Choose([old, newer, First], null));
        Assert.Null(GroupRules.Choose([], null));
    }

    [Fact]
    public void A_members_highest_number_freezes_nothing()
    {
        Group frozen = Signed(Member, First with { Version = uint.MaxValue, Name = "For ever" });
        Assert.Same(First, GroupRules.Choose([First, frozen], null));
        Group far = Signed(Member, First with { Version = First.Version + GroupRules.MemberVersionsMax, Name = "Far" });
        Assert.Equal("Far", GroupRules.Choose([First, far, frozen], null)!.Name);
        Group next = Signed(Owner, First with { Version = far.Version + 1, Members = [Owner.Fingerprint] });
        Assert.Same(next, GroupRules.Choose([next, far, frozen], null));
    }

    [Fact]
    public void Members_count_from_the_creators_last_version_and_not_from_each_others()
    {
        Group far = Signed(Member, First with { Version = First.Version + GroupRules.MemberVersionsMax });
        Assert.Equal(GroupRules.MemberVersionsMax, GroupRules.Choose([First, far], null)!.VersionsSinceCreator);
        Assert.Equal(far.Version, GroupRules.Choose([First, far, Signed(Member, far with { Version = far.Version + 1 })], null)!.Version);
        Group next = Signed(Owner, far with { Version = far.Version + 1 });
        Assert.Equal(far.Version + 2, GroupRules.Choose([next, far, Signed(Member, far with { Version = far.Version + 2 })], null)!.Version);
    }

    [Fact]
    public void A_member_does_not_change_the_version_of_the_key()
    {
        Assert.Same(First, GroupRules.Choose([First, Next(Member, First, group => group with { KeyVersion = uint.MaxValue })], null));
        Assert.Equal(7U, GroupRules.Choose([First, Next(Owner, First, group => group with { KeyVersion = 7 })], null)!.KeyVersion);
    }

    [Fact]
    public void Versions_of_a_key_are_counted_whatever_the_number()
    {
        Assert.Equal([uint.MaxValue, uint.MaxValue - 1, uint.MaxValue - 2], GroupKeyService.VersionsFrom(uint.MaxValue, 3));
        Assert.Equal([2U, 1U], GroupKeyService.VersionsFrom(2, 3));
        Assert.Empty(GroupKeyService.VersionsFrom(0, 3));
    }

    private static Group Next(IUserKeys signer, Group before, Func<Group, Group> change) => Signed(signer, change(before with { Version = before.Version + 1 }));

    private static Group Signed(IUserKeys signer, Group group) => GroupCodec.Sign(signer, group);
}
