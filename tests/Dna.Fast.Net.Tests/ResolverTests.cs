using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

public sealed class ResolverTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1:4222")]
    [InlineData("192.0.2.1:80", "192.0.2.1:80")]
    [InlineData("[2001:db8::1]:80", "[2001:db8::1]:80")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]:4222")]
    [InlineData("2001:db8::1", "[2001:db8::1]:4222")]
    public async Task Literal_needs_no_resolver(string text, string expected)
    {
        ResolveResult result = await Resolver.ResolveAsync(text, 4222);
        Assert.Null(result.Error);
        Assert.Equal(expected, Assert.Single(result.Addresses).ToString());
    }

    [Theory]
    [InlineData("localhost", 4222)]
    [InlineData("localhost:99", 99)]
    public async Task Name_resolves_to_addresses_with_the_port(string text, int port)
    {
        ResolveResult result = await Resolver.ResolveAsync(text, 4222);
        Assert.Null(result.Error);
        Assert.NotEmpty(result.Addresses);
        Assert.Equal(result.Addresses.Distinct(), result.Addresses);
        Assert.All(result.Addresses, address => Assert.True(address.IsLoopback && address.Port == port));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("host:1:2")]
    [InlineData("two words")]
    [InlineData("192.0.2.1:0")]
    [InlineData("[2001:db8::1")]
    public async Task Nonsense_is_an_error_with_the_text_in_it(string text)
    {
        ResolveResult result = await Resolver.ResolveAsync(text, 4222);
        Assert.Empty(result.Addresses);
        Assert.Contains($"'{text}'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_over_the_limit_of_names_is_an_error_and_no_exception()
    {
        ResolveResult result = await Resolver.ResolveAsync(new string('a', 300), 4222);
        Assert.NotNull(result.Error);
    }

    [Fact]
    public void Literal_is_not_split_at_its_colons() => Assert.False(Resolver.TrySplit("2001:db8::g", 1, out _, out _));

    [Fact]
    public void Family_of_a_mapped_address_is_ipv4()
    {
        Assert.True(NodeAddress.TryParse("[::ffff:192.0.2.1]:5", 1, out NodeAddress address));
        Assert.True(address.IsV4);
    }
}
