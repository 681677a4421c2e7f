using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.Tests.Routing;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.ValueTypes;

/// <summary>Section 5.3, rule by rule.</summary>
public sealed class EditPolicyTests
{
    private static readonly ushort[] SignedTypes = [0, 1, 3, 4, 5, 0x1001, 0x1002, 0x1003];
    private readonly FakeVerifier _verifier = new();
    private readonly EditPolicy _policy;

    public EditPolicyTests() => _policy = new EditPolicy(_verifier);

    public static TheoryData<int> TypesWithSignatures => [.. SignedTypes.Select(type => (int)type)];

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(0x2000)]
    [InlineData(0x1001)]
    public void Ownerless_value_over_a_signed_one_is_refused_whatever_the_types(int oldType)
    {
        byte[] old = Packed.Signed((ushort)oldType);
        foreach (ushort type in new ushort[] { 0, 2, 8, 0x2000, (ushort)oldType })
            Assert.Equal(EditRefusal.Ownerless, Refusal(old, Packed.Unsigned(type)));
        Assert.Equal(EditRefusal.Ownerless, Refusal(old, Packed.Encrypted()));
        Assert.Equal(Counter.PutRefusedOwnerless, _policy.LastCounter);
    }

    [Fact]
    public void Certificate_over_a_signed_certificate_value_is_refused_before_any_certificate_is_read()
    {
        Assert.Equal(EditRefusal.Ownerless, Refusal(Packed.Signed(8), Packed.WithData(8, FakeVerifier.Certificate("key"))));
        Assert.Equal(0, _verifier.CertificatesRead);
    }

    [Fact]
    public void Equal_value_refreshes_whatever_its_type()
    {
        foreach (ushort type in new ushort[] { 0, 1, 2, 3, 4, 5, 8, 0x1001, 0x2000 })
        {
            Assert.Equal(EditDecision.Refresh, Decide(Packed.Unsigned(type), Packed.Unsigned(type), isVerified: false));
            Assert.Equal(EditDecision.Refresh, Decide(Packed.Signed(type), Packed.Signed(type), isVerified: false));
        }

        Assert.Equal(EditDecision.Refresh, Decide(Packed.Encrypted(), Packed.Encrypted(), isVerified: false));
        Assert.Equal(EditRefusal.None, _policy.LastRefusal);
    }

    [Fact]
    public void Priority_does_not_make_values_differ() =>
        Assert.Equal(EditDecision.Refresh, Decide(Packed.Signed(priority: 0), Packed.Signed(priority: 1)));

    [Theory]
    [MemberData(nameof(TypesWithSignatures))]
    public void Unsigned_value_is_never_edited(int type)
    {
        byte[] old = Packed.Unsigned((ushort)type);
        Assert.Equal(EditRefusal.NotEditable, Refusal(old, Packed.Unsigned((ushort)type, "other")));
        Assert.Equal(EditRefusal.NotEditable, Refusal(old, Packed.Signed((ushort)type, seq: 1)));
        Assert.Equal(EditRefusal.NotEditable, Refusal(old, Packed.Encrypted()));
        Assert.Equal(Counter.PutRefusedEdit, _policy.LastCounter);
    }

    [Fact]
    public void Encrypted_value_is_never_edited()
    {
        Assert.Equal(EditRefusal.NotEditable, Refusal(Packed.Encrypted(), Packed.Encrypted("other")));
        Assert.Equal(EditRefusal.NotEditable, Refusal(Packed.Encrypted(), Packed.Signed(seq: 1)));
        Assert.Equal(EditRefusal.NotEditable, Refusal(Packed.Encrypted(), Packed.Unsigned()));
    }

    [Theory]
    [MemberData(nameof(TypesWithSignatures))]
    public void Same_owner_with_a_higher_seq_replaces(int type) =>
        Assert.Equal(EditDecision.Replace, Decide(Packed.Signed((ushort)type, seq: 3), Packed.Signed((ushort)type, seq: 4, data: "new", userType: "text/plain")));

    [Fact]
    public void Seq_may_jump() => Assert.Equal(EditDecision.Replace, Decide(Packed.Signed(), Packed.Signed(seq: ushort.MaxValue, data: "new")));

    [Fact]
    public void Edit_may_change_the_type() => Assert.Equal(EditDecision.Replace, Decide(Packed.Signed(0), Packed.Signed(0x1001, seq: 1)));

    [Fact]
    public void Lower_seq_is_refused() => Assert.Equal(EditRefusal.StaleSeq, Refusal(Packed.Signed(seq: 4), Packed.Signed(seq: 3, data: "new")));

    [Fact]
    public void Seq_does_not_wrap_around() => Assert.Equal(EditRefusal.StaleSeq, Refusal(Packed.Signed(seq: ushort.MaxValue), Packed.Signed(seq: 0, data: "new")));

    [Fact]
    public void Same_seq_with_other_content_is_refused()
    {
        byte[] old = Packed.Signed(seq: 4);
        Assert.Equal(EditRefusal.StaleSeq, Refusal(old, Packed.Signed(seq: 4, data: "new")));
        Assert.Equal(EditRefusal.StaleSeq, Refusal(old, Packed.Signed(seq: 4, userType: "u")));
        Assert.Equal(EditRefusal.StaleSeq, Refusal(old, Packed.Signed(type: 3, seq: 4)));
        Assert.Equal(EditRefusal.StaleSeq, Refusal(old, Packed.Signed(seq: 4, to: Make.Id(9))));
    }

    [Fact]
    public void Same_seq_with_identical_signed_bytes_replaces()
    {
        // Another signature of the same bytes: not equal by 4.7, but the same value.
        byte[] old = Packed.Signed(seq: 4, isRight: false);
        Assert.Equal(EditDecision.Replace, Decide(old, Packed.Signed(seq: 4)));
    }

    [Fact]
    public void Other_owner_is_refused() => Assert.Equal(EditRefusal.OtherOwner, Refusal(Packed.Signed(seq: 1), Packed.Signed(owner: "mallory", seq: 2)));

    [Fact]
    public void Unverified_edit_is_refused_and_says_so()
    {
        Assert.Equal(EditDecision.Refuse, Decide(Packed.Signed(), Packed.Signed(0x2000, seq: 1), isVerified: false));
        Assert.Equal(EditRefusal.Unverified, _policy.LastRefusal);
        Assert.Equal(EditDecision.Replace, Decide(Packed.Signed(), Packed.Signed(0x2000, seq: 1), isVerified: true));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(0x2000)]
    public void Services_and_unknown_types_are_never_edited(int type)
    {
        Assert.Equal(EditRefusal.NotEditable, Refusal(Packed.Unsigned((ushort)type), Packed.Unsigned((ushort)type, "other")));
        Assert.Equal(EditRefusal.NotEditable, Refusal(Packed.Signed((ushort)type), Packed.Signed((ushort)type, seq: 1)));
    }

    [Fact]
    public void Certificate_replaces_one_of_the_same_key() =>
        Assert.Equal(EditDecision.Replace, Decide(Certificate("key", "old"), Certificate("key", "new")));

    [Fact]
    public void Certificate_of_another_key_is_refused() => Assert.Equal(EditRefusal.OtherOwner, Refusal(Certificate("key"), Certificate("yek")));

    [Fact]
    public void Only_a_certificate_replaces_a_certificate()
    {
        Assert.Equal(EditRefusal.NotEditable, Refusal(Certificate("key"), Packed.WithData(0, FakeVerifier.Certificate("key"))));
        Assert.Equal(EditRefusal.NotEditable, Refusal(Certificate("key"), Packed.Encrypted()));
        Assert.Equal(EditRefusal.Unreadable, Refusal(Certificate("key"), Packed.Unsigned(8, "junk")));
    }

    [Fact]
    public void Bytes_that_are_no_value_are_refused()
    {
        Assert.Equal(EditRefusal.Unreadable, Refusal([1, 2, 3], Packed.Unsigned()));
        Assert.Equal(EditRefusal.Unreadable, Refusal(Packed.Unsigned(), []));
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        byte[] old = Packed.Signed(seq: 1), value = Packed.Signed(seq: 2);
        EditDecision decision = default;
        Assert.Equal(0, Allocation.PerThousand(() => decision = Decide(old, value)));
        Assert.Equal(EditDecision.Replace, decision);
    }

    private static byte[] Certificate(string key, string rest = "") => Packed.WithData(8, FakeVerifier.Certificate(key, rest));

    private EditRefusal Refusal(byte[] old, byte[] value)
    {
        Assert.Equal(EditDecision.Refuse, Decide(old, value));
        return _policy.LastRefusal;
    }

    private EditDecision Decide(byte[] old, byte[] value, bool isVerified = true) =>
        _policy.For(isVerified).Decide(InfoHash.Zero, default, old, default, value);
}
