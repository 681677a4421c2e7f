using System.Net;
using Dna.Fast.Net.Tests.Kit;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

/// <content>Addresses and ports.</content>
public abstract partial class WorkerConformance
{
    [Fact]
    public void Many_workers_on_one_port_answer_every_client()
    {
        TestHandler[] handlers = [new(), new(), new(), new()];
        using WorkerGroup group = Start(Options(Loopback4, Loopback6), handlers);
        Assert.Equal(2, group.Bound.Count);
        for (int i = 0; i < 64; i++)
        {
            using var client = new TestClient(i % 2 == 0 ? IPAddress.Loopback : IPAddress.IPv6Loopback);
            Assert.Equal([(byte)i], client.Ask(group.Bound[i % 2], [(byte)i]).Datagram);
        }

        Assert.Equal(64, handlers.Sum(handler => handler.Received));
    }

    [Fact]
    public void Port_of_another_socket_is_in_use()
    {
        using var other = new TestClient();
        OpenResult result = WorkerGroup.Open(Options() with { Port = other.Address.Port }, [new TestHandler()]);
        Assert.Equal(OpenStatus.AddressInUse, result.Status);
        Assert.Contains(other.Address.ToString(), result.Message, StringComparison.Ordinal);
        Assert.Null(result.Group);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 3)]
    public void Port_of_another_node_is_in_use_whatever_the_workers(int first, int second)
    {
        using WorkerGroup group = Start(Options(), [.. Enumerable.Range(0, first).Select(_ => new TestHandler())]);
        OpenResult result = WorkerGroup.Open(Options() with { Port = group.Bound[0].Port }, [.. Enumerable.Range(0, second).Select(_ => new TestHandler())]);
        Assert.Equal(OpenStatus.AddressInUse, result.Status);
    }

    [Fact]
    public void Port_taken_on_one_family_leaves_nothing_bound_on_the_other()
    {
        using var other = new TestClient(IPAddress.IPv6Loopback);
        NetOptions options = Options(Loopback4, Loopback6) with { Port = other.Address.Port };
        Assert.Equal(OpenStatus.AddressInUse, WorkerGroup.Open(options, [new TestHandler()]).Status);
        using WorkerGroup alone = Open(Options(Loopback4) with { Port = other.Address.Port }, new TestHandler());
        Assert.Equal(other.Address.Port, alone.Bound[0].Port);
    }

    [Fact]
    public void Address_of_another_host_is_not_available()
    {
        NodeAddress foreign = NodeAddress.From(IPAddress.Parse("192.0.2.1").GetAddressBytes(), 0);
        Assert.Equal(OpenStatus.AddressNotAvailable, WorkerGroup.Open(Options(foreign), [new TestHandler()]).Status);
    }

    [Fact]
    public void Repeated_address_is_bound_once()
    {
        using WorkerGroup group = Open(Options(Loopback4, Loopback4), new TestHandler());
        Assert.Single(group.Bound);
    }

    [Fact]
    public void Wildcards_of_both_families_share_a_port()
    {
        using WorkerGroup group = Start(new TestHandler(), NodeAddress.V4(0, 0), NodeAddress.From(new byte[16], 0));
        using var client4 = new TestClient();
        using var client6 = new TestClient(IPAddress.IPv6Loopback);
        Assert.Equal([4], client4.Ask(Loopback4.WithPort(group.Bound[0].Port), [4]).Datagram);
        Assert.Equal([6], client6.Ask(Loopback6.WithPort(group.Bound[0].Port), [6]).Datagram);
    }

    [Fact]
    public void Opening_without_handler_or_address_is_a_bug()
    {
        Assert.Throws<ArgumentException>(() => WorkerGroup.Open(Options(), []));
        Assert.Throws<ArgumentException>(() => WorkerGroup.Open(Options() with { Addresses = [] }, [new TestHandler()]));
    }
}
