using Dna.Fast.Net.Linux;

namespace Dna.Fast.Net.Tests;

/// <summary>What a refused message of several datagrams teaches. Numbers are errno's of Linux.</summary>
public sealed class CutSupportTests
{
    private const int Small = CutSupport.SmallBytesMax;

    private static CutSupport AfterRefusals(int count, int error, int segmentBytes)
    {
        CutSupport cuts = new(isKnown: true);
        for (int i = 0; i < count; i++) cuts.Refused(error, segmentBytes);
        return cuts;
    }

    [Theory]
    [InlineData(5, 1400)]
    [InlineData(92, 1400)]
    [InlineData(95, 1400)]
    [InlineData(22, Small)]
    public void A_system_that_cannot_cut_is_not_asked_for_ever(int error, int segmentBytes)
    {
        Assert.True(AfterRefusals(CutSupport.RefusedMax - 1, error, segmentBytes).IsUsed);
        Assert.False(AfterRefusals(CutSupport.RefusedMax, error, segmentBytes).IsUsed);
    }

    // EMSGSIZE, EINVAL of a size that may not fit; EPERM, EACCES, EADDRNOTAVAIL, ENETUNREACH, ENOBUFS, EHOSTUNREACH.
    [Theory]
    [InlineData(90, 1340)]
    [InlineData(90, 1)]
    [InlineData(22, Small + 1)]
    [InlineData(1, 100)]
    [InlineData(13, 100)]
    [InlineData(99, 100)]
    [InlineData(101, 100)]
    [InlineData(105, 100)]
    [InlineData(113, 100)]
    public void What_is_wrong_with_one_way_says_nothing_about_the_others(int error, int segmentBytes) =>
        Assert.True(AfterRefusals(100 * CutSupport.RefusedMax, error, segmentBytes).IsUsed);

    [Fact]
    public void A_message_that_is_cut_starts_the_count_again()
    {
        CutSupport cuts = AfterRefusals(CutSupport.RefusedMax - 1, 5, 100);
        cuts.Succeeded();
        for (int i = 1; i < CutSupport.RefusedMax; i++) cuts.Refused(5, 100);
        Assert.True(cuts.IsUsed);
        cuts.Refused(5, 100);
        Assert.False(cuts.IsUsed);
    }

    [Fact]
    public void A_kernel_that_does_not_know_how_is_never_asked() => Assert.False(new CutSupport(isKnown: false).IsUsed);
}
