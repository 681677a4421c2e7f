using Dna.Fast.Kademlia.Asking;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.Asking;

/// <summary>What a subscription believes of values and their holders.</summary>
public sealed class HeldValuesTests
{
    private const long Now = 1_000_000, TenMinutes = 600_000;
    private static readonly byte[] Anna = [0x30, 0x03, 1, 2, 3], Xaver = [0x30, 0x03, 9, 9, 9];
    private readonly HeldValues _held = new();
    private readonly List<(ulong Id, byte[] Packed)> _gone = [];

    [Fact]
    public void A_value_is_news_once_and_again_when_its_seq_rises()
    {
        Assert.True(Hold(1, Signed(Anna, 3)));
        Assert.False(Hold(2, Signed(Anna, 3)));
        Assert.True(Hold(1, Signed(Anna, 4)));
        Assert.False(Hold(3, Signed(Anna, 3)));
        Assert.Equal(1, _held.Count);
    }

    [Fact]
    public void Another_owners_value_under_the_id_lets_no_older_version_in()
    {
        Hold(1, Signed(Anna, 7));
        Hold(2, Signed(Anna, 7));
        Assert.True(Hold(3, Signed(Xaver, 1)));
        Assert.False(Hold(3, Signed(Anna, 3)));
        Assert.False(Hold(1, Signed(Anna, 7)));
    }

    [Fact]
    public void Who_loses_another_owners_value_says_nothing_of_ours()
    {
        byte[] ours = Signed(Anna, 7), theirs = Signed(Xaver, 1);
        Hold(1, ours);
        Hold(3, theirs);
        _held.Lose(3, 5, Gone);
        Assert.Equal(theirs, Assert.Single(_gone).Packed);
        _held.Lose(1, 5, Gone);
        Assert.Equal(ours, _gone[^1].Packed);
        Assert.Equal(0, _held.Count);
    }

    [Fact]
    public void What_its_only_holder_replaced_goes_without_a_word()
    {
        Hold(1, Unsigned("first"));
        Assert.True(Hold(1, Signed(Anna, 0)));
        Assert.Equal(1, _held.Count);
        Assert.Empty(_gone);
    }

    [Fact]
    public void A_value_is_gone_when_its_last_holder_is_or_when_nobody_renewed_it()
    {
        Hold(1, Unsigned("text"));
        Hold(2, Unsigned("text"));
        _held.LoseAll(1, Gone);
        Assert.Empty(_gone);
        Assert.Equal(Now + TenMinutes, _held.NextDueMs);
        _held.Renew(2, 5, Now + 1);
        _held.LoseDue(Now + TenMinutes, Gone);
        Assert.Empty(_gone);
        _held.LoseDue(Now + TenMinutes + 1, Gone);
        Assert.Equal(5UL, Assert.Single(_gone).Id);
        Assert.Equal(long.MaxValue, _held.NextDueMs);
    }

    [Fact]
    public void Beyond_the_bound_values_are_told_and_not_tracked()
    {
        for (uint i = 0; i < HeldValues.CountMax + 10; i++) Assert.True(Hold(i + 1, Signed([0x30, 0x02, (byte)i, (byte)(i >> 8)], 2)));
        Assert.Equal(HeldValues.CountMax, _held.Count);
    }

    [Fact]
    public void A_holder_that_makes_values_up_takes_half_the_room_and_no_more()
    {
        int told = 0;
        for (ulong id = 1; id <= HeldValues.CountMax; id++)
            if (Hold(9, Pack(new ValueBuilder { Id = id, Data = new byte[] { 1 } }))) told++;
        Assert.Equal((HeldValues.OfHolderMax, HeldValues.OfHolderMax), (told, _held.Count));
        byte[] newer = Pack(new ValueBuilder { Id = 99_999, Owner = Anna, Seq = 7, Signature = new byte[] { 1 } });
        Assert.True(Hold(1, newer));
        Assert.False(Hold(2, newer));
        _held.LoseAll(9, Gone);
        Assert.Equal(1, _held.Count);
        Assert.True(Hold(9, Unsigned("again")));
    }

    private static byte[] Signed(byte[] owner, ushort seq) => Pack(new ValueBuilder { Id = 5, Owner = owner, Seq = seq, Signature = new byte[] { 1, 2 }, Data = new byte[] { (byte)seq } });

    private static byte[] Unsigned(string text) => Pack(new ValueBuilder { Id = 5, Data = System.Text.Encoding.UTF8.GetBytes(text) });

    private static byte[] Pack(ValueBuilder value)
    {
        Assert.Equal(DecodeStatus.Ok, value.Pack(out byte[] packed));
        return packed;
    }

    private bool Hold(uint holder, byte[] packed)
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView value, out _));
        return _held.Hold(holder, value, packed, Now, out _);
    }

    private void Gone(ulong id, ReadOnlyMemory<byte> packed) => _gone.Add((id, packed.ToArray()));
}
