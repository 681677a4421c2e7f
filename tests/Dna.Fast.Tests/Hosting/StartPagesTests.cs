using Dna.Fast.Hosting;

namespace Dna.Fast.Tests.Hosting;

public sealed class StartPagesTests
{
    [Fact]
    public void A_mapping_that_came_after_the_packet_threads_began_is_left_alone()
    {
        IReadOnlyList<nuint> settled = StartPages.Settled();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");
        Assert.NotEmpty(settled);
        Assert.Equal(0, StartPages.GiveBack([]));
        Assert.True(StartPages.GiveBack([settled[0]]) <= StartPages.GiveBack(settled));
    }
}
