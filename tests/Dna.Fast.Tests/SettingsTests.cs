using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Settings;
using Dna.Fast.Wire;

namespace Dna.Fast.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("67108864", 67_108_864)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("1.5 GiB", 3L << 29)]
    [InlineData("500M", 500_000_000)]
    [InlineData("500mb", 500_000_000)]
    [InlineData("2Ki", 2048)]
    [InlineData("7B", 7)]
    [InlineData("1TiB", 1L << 40)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("MiB")]
    [InlineData("1XB")]
    [InlineData("1 2")]
    [InlineData("1e9")]
    [InlineData("9999999999TiB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(64L << 20, "64.0 MiB")]
    public void Sizes_are_shown(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1:4000")]
    [InlineData("192.0.2.1:4222", "192.0.2.1:4222")]
    [InlineData("[2001:db8::1]:4222", "[2001:db8::1]:4222")]
    [InlineData("2001:db8::1", "[2001:db8::1]:4000")]
    public void Pain_43_literal_bootstrap_entries_get_the_networks_port(string text, string address)
    {
        Assert.True(HostPort.TryParse(text, out HostPort? entry, out _));
        Assert.Equal(address, entry!.Literal.ToString());
        Assert.False(entry.IsName);
    }

    [Theory]
    [InlineData("bootstrap.example.org")]
    [InlineData("bootstrap.example.org:4222")]
    [InlineData("localhost")]
    [InlineData("a_b-c.example")]
    public void Names_are_for_the_resolver(string text)
    {
        Assert.True(HostPort.TryParse(text, out HostPort? entry, out _));
        Assert.True(entry!.IsName);
        Assert.Equal(text, entry.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":4000")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:port")]
    [InlineData("192.0.2.1:0")]
    [InlineData("256.0.2.1")]
    [InlineData("192.0.2.1.5:4000")]
    [InlineData("0.0.0.0:4000")]
    [InlineData("a..b")]
    [InlineData("-host")]
    [InlineData("two words")]
    [InlineData("http://host")]
    [InlineData("[2001:db8::1")]
    public void Malformed_bootstrap_entries_are_refused_with_a_reason(string text)
    {
        Assert.False(HostPort.TryParse(text, out _, out string? problem));
        Assert.Contains(text, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("off", 0, 0)]
    [InlineData("OFF", 0, 0)]
    [InlineData("8000", 8000, 1000)]
    [InlineData("4", 4, 1)]
    [InlineData("8000,20", 8000, 20)]
    public void Rate_limits_are_read(string text, int global, int perSource)
    {
        Assert.True(RateLimitText.TryParse(text, out RateLimits limits));
        Assert.Equal(new RateLimits(global, perSource), limits);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("5,0")]
    [InlineData("-5")]
    [InlineData("1,2,3")]
    [InlineData("none")]
    public void What_is_no_rate_limit_is_refused(string text) => Assert.False(RateLimitText.TryParse(text, out _));

    [Theory]
    [InlineData("7d", 0x1001)]
    [InlineData("30D", 0x1003)]
    [InlineData("365d", 0x1002)]
    [InlineData("0", 0)]
    [InlineData("65535", 65535)]
    [InlineData("0x1001", 0x1001)]
    public void Value_types_are_read(string text, int type)
    {
        Assert.True(ValueTypeText.TryParse(text, out ushort read));
        Assert.Equal(type, read);
    }

    [Theory]
    [InlineData("8d")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("0x")]
    [InlineData("")]
    public void What_is_no_value_type_is_refused(string text) => Assert.False(ValueTypeText.TryParse(text, out _));

    [Fact]
    public void Filters_are_read_to_what_travels()
    {
        Assert.True(WhereText.TryParse("id=1F", out ValueFilter? id, out _));
        Assert.Equal((ValueField.Id, 0x1FUL), (id!.Field, id.Number));
        Assert.True(WhereText.TryParse("value_type=7d", out ValueFilter? type, out _));
        Assert.Equal((ValueField.Type, 0x1001UL), (type!.Field, type.Number));
        Assert.True(WhereText.TryParse("owner_pk=" + new string('a', 40), out ValueFilter? owner, out _));
        Assert.Equal(20, owner!.Bytes!.Length);
        Assert.True(WhereText.TryParse("user_type=a=b", out ValueFilter? user, out _));
        Assert.Equal("a=b"u8.ToArray(), user!.Bytes);
        Assert.Equal(DecodeStatus.Ok, QueryView.TryRead(WhereText.Pack([id, type, owner, user]).Span, out QueryView query));
        Assert.True(query.SelectsAll);
        Assert.True(query.TryGetId(out ulong wanted));
        Assert.Equal(0x1FUL, wanted);
        Assert.True(WhereText.Pack([]).IsEmpty);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("id=0")]
    [InlineData("id=12345678901234567")]
    [InlineData("owner_pk=abc")]
    [InlineData("user_type=")]
    [InlineData("seq=1")]
    [InlineData("size=1")]
    public void What_is_no_filter_is_refused_with_a_reason(string text)
    {
        Assert.False(WhereText.TryParse(text, out _, out string? problem));
        Assert.False(string.IsNullOrEmpty(problem));
    }

    [Fact]
    public void The_default_directory_follows_the_standard()
    {
        Assert.Equal("/s/dna", DefaultDirectory.Choose("/s", "/h"));
        Assert.Equal("/h/.local/state/dna", DefaultDirectory.Choose("relative", "/h"));
        Assert.Equal("/h/.local/state/dna", DefaultDirectory.Choose(null, "/h"));
        Assert.Equal("data", DefaultDirectory.Choose(null, null));
    }
}
