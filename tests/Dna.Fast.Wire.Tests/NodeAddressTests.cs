using System.Net;
using System.Runtime.CompilerServices;
using CsCheck;

namespace Dna.Fast.Wire.Tests;

public sealed class NodeAddressTests
{
    private static readonly Gen<NodeAddress> Address = Gen.OneOf(
        Gen.Select(Gen.UInt, Gen.UShort).Select((address, port) => NodeAddress.V4(address, port)),
        Gen.Select(Gen.Byte.Array[16], Gen.UShort).Select((address, port) => NodeAddress.From(address, port)));

    [Fact]
    public void It_takes_24_bytes() => Assert.Equal(24, Unsafe.SizeOf<NodeAddress>());

    [Fact]
    public void Bytes_and_end_points_round_trip() => Address.Sample(address =>
    {
        byte[] bytes = new byte[16];
        int length = address.WriteAddress(bytes);
        Assert.Equal(address.AddressBytes, length);
        Assert.Equal(address, NodeAddress.From(bytes.AsSpan(0, length), address.Port));
        Assert.Equal(address, NodeAddress.From(address.ToEndPoint()));
        Assert.Equal(new IPAddress(bytes.AsSpan(0, length)), address.ToEndPoint().Address);
        Assert.Equal(address.GetHashCode(), NodeAddress.From(address.ToEndPoint()).GetHashCode());
    });

    [Fact]
    public void Text_round_trips() => Address.Where(address => address.Port != 0).Sample(address =>
    {
        Assert.True(NodeAddress.TryParse(address.ToString(), 1, out NodeAddress parsed));
        Assert.Equal(address, parsed);
    });

    [Theory]
    [InlineData("192.0.2.7:4000", "192.0.2.7:4000")]
    [InlineData("192.0.2.7", "192.0.2.7:4222")]
    [InlineData("[2001:db8::7]:4000", "[2001:db8::7]:4000")]
    [InlineData("2001:db8::7", "[2001:db8::7]:4222")]
    [InlineData("[::ffff:192.0.2.7]:4000", "192.0.2.7:4000")]
    public void Text_of_each_form_is_read(string text, string expected)
    {
        Assert.True(NodeAddress.TryParse(text, 4222, out NodeAddress address));
        Assert.Equal(expected, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("host:4000")]
    [InlineData("192.0.2.7:70000")]
    [InlineData("192.0.2.7:-1")]
    public void Other_text_is_refused(string text) => Assert.False(NodeAddress.TryParse(text, 4222, out _));

    [Fact]
    public void A_mapped_address_is_an_IPv4_address()
    {
        NodeAddress mapped = NodeAddress.From(IPAddress.Parse("::ffff:127.0.0.1").GetAddressBytes(), 5);
        Assert.Equal(NodeAddress.V4(0x7F000001, 5), mapped);
        Assert.True(mapped.IsV4 && mapped.IsLoopback);
    }

    [Fact]
    public void The_default_is_no_address()
    {
        Assert.False(default(NodeAddress).IsValid);
        Assert.Equal("-", default(NodeAddress).ToString());
        Assert.True(NodeAddress.V4(0, 0).IsValid);
        Assert.True(NodeAddress.V4(0, 0).IsUnspecified);
    }

    [Fact]
    public void A_host_is_the_same_whatever_the_port() => Gen.Select(Address, Gen.UShort).Sample((address, port) =>
    {
        Assert.True(address.SameHost(address.WithPort(port)));
        Assert.Equal(address.Port == port, address == address.WithPort(port));
    });

    [Fact]
    public void Neither_4_nor_16_bytes_are_a_programmers_error() =>
        Assert.Throws<ArgumentException>(() => NodeAddress.From(new byte[5], 1));
}
