using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Messenger.Tests;

public sealed class RecordLifetimeTests
{
    [Theory]
    [InlineData(0, TypeRegistry.SevenDays)]
    [InlineData(7, TypeRegistry.SevenDays)]
    [InlineData(8, TypeRegistry.ThirtyDays)]
    [InlineData(30, TypeRegistry.ThirtyDays)]
    [InlineData(31, TypeRegistry.Year)]
    [InlineData(1000, TypeRegistry.Year)]
    public void Pain_3_a_record_gets_the_shortest_lifetime_that_is_long_enough(int days, ushort type)
    {
        Assert.Equal(type, RecordLifetime.TypeFor(TimeSpan.FromDays(days)));
        Assert.True(RecordLifetime.Of(type) >= TimeSpan.FromDays(Math.Min(days, 365)));
    }
}
