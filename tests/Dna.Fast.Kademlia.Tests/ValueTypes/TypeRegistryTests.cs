using Dna.Fast.Kademlia.ValueTypes;

namespace Dna.Fast.Kademlia.Tests.ValueTypes;

/// <summary>The table of section 5.1.</summary>
public sealed class TypeRegistryTests
{
    [Theory]
    [InlineData(0, 10, true, TypeRules.UserData)]
    [InlineData(1, 5, true, TypeRules.DhtMessage)]
    [InlineData(2, 15, false, TypeRules.Service)]
    [InlineData(3, 5, true, TypeRules.UserData)]
    [InlineData(4, 7 * 24 * 60, true, TypeRules.UserData)]
    [InlineData(5, 1, true, TypeRules.UserData)]
    [InlineData(6, 10, false, TypeRules.Unknown)]
    [InlineData(7, 10, false, TypeRules.Unknown)]
    [InlineData(8, 7 * 24 * 60, false, TypeRules.Certificate)]
    [InlineData(9, 10, false, TypeRules.Unknown)]
    [InlineData(0x1000, 10, false, TypeRules.Unknown)]
    [InlineData(0x1001, 7 * 24 * 60, true, TypeRules.UserData)]
    [InlineData(0x1002, 365 * 24 * 60, true, TypeRules.UserData)]
    [InlineData(0x1003, 30 * 24 * 60, true, TypeRules.UserData)]
    [InlineData(0x1004, 10, false, TypeRules.Unknown)]
    [InlineData(0xFFFF, 10, false, TypeRules.Unknown)]
    public void Pain_1_type_has_its_lifetime_and_rules(int type, long minutes, bool checksSignature, TypeRules rules)
    {
        Assert.Equal(minutes * 60_000, TypeRegistry.LifetimeMs((ushort)type));
        Assert.Equal(checksSignature, TypeRegistry.ChecksSignature((ushort)type));
        Assert.Equal(rules, TypeRegistry.RulesOf((ushort)type));
        Assert.Equal(minutes >= 24 * 60, TypeRegistry.IsLongLived((ushort)type));
    }
}
