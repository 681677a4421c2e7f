using Dna.Fast.Net.Tests.Kit;
using Dna.Fast.Wire;

namespace Dna.Fast.Net.Tests;

/// <summary>The choice of ports and the answer to failures, with a system that fails as told.</summary>
public sealed class SocketOpenerTests
{
    private static readonly NodeAddress Any4 = NodeAddress.V4(0, 0);
    private static readonly NodeAddress Any6 = NodeAddress.From(new byte[16], 0);
    private static readonly NodeAddress One6 = NodeAddress.From([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 0);

    [Fact]
    public void Free_port_of_the_first_address_that_is_taken_on_the_second_is_tried_again()
    {
        var system = new ScriptedSystem { Answer = address => !address.IsV4 && address.Port < 40_003 ? OpenStatus.AddressInUse : OpenStatus.Opened };
        UdpSocket[][]? sockets = SocketOpener.Open(Options(Any4, Any6), 1, system, out _);
        Assert.Equal([40_003, 40_003], sockets![0].Select(socket => (int)socket.Bound.Port));
        Assert.Equal(2, system.Open);
    }

    [Fact]
    public void Search_for_a_free_port_ends()
    {
        var system = new ScriptedSystem { Answer = address => address.IsV4 ? OpenStatus.Opened : OpenStatus.AddressInUse };
        Assert.Null(SocketOpener.Open(Options(Any4, Any6), 1, system, out OpenFailure? failure));
        Assert.Equal(OpenStatus.AddressInUse, failure!.Status);
        Assert.Equal(0, system.Open);
        Assert.InRange(system.Tries, 2, 100);
    }

    [Fact]
    public void Chosen_port_that_is_taken_is_not_tried_again()
    {
        var system = new ScriptedSystem { Answer = _ => OpenStatus.AddressInUse };
        Assert.Null(SocketOpener.Open(Options(Any4) with { Port = 4000 }, 1, system, out OpenFailure? failure));
        Assert.Equal(1, system.Tries);
        Assert.StartsWith("0.0.0.0:4000: ", failure!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OpenStatus.FamilyMissing)]
    [InlineData(OpenStatus.AddressNotAvailable)]
    public void Missing_family_is_left_out_when_asked_and_a_failure_otherwise(OpenStatus how)
    {
        var system = new ScriptedSystem { Answer = address => address.IsV4 ? OpenStatus.Opened : how };
        NetOptions options = Options(Any6, Any4);
        Assert.Null(SocketOpener.Open(options, 2, system, out OpenFailure? failure));
        Assert.Equal(how, failure!.Status);
        UdpSocket[][]? sockets = SocketOpener.Open(options with { SkipMissingFamily = true }, 2, system, out failure);
        Assert.Null(failure);
        Assert.All(sockets!, ofWorker => Assert.True(Assert.Single(ofWorker).Bound.IsV4));
    }

    [Fact]
    public void Host_with_no_family_at_all_is_a_failure()
    {
        var system = new ScriptedSystem { Answer = _ => OpenStatus.FamilyMissing };
        Assert.Null(SocketOpener.Open(Options(Any4, Any6) with { SkipMissingFamily = true }, 1, system, out OpenFailure? failure));
        Assert.Equal(OpenStatus.FamilyMissing, failure!.Status);
    }

    [Fact]
    public void Named_address_that_is_not_there_is_a_failure_also_when_families_may_be_missing()
    {
        var system = new ScriptedSystem { Answer = address => address.IsV4 ? OpenStatus.Opened : OpenStatus.AddressNotAvailable };
        Assert.Null(SocketOpener.Open(Options(Any4, One6) with { SkipMissingFamily = true }, 1, system, out OpenFailure? failure));
        Assert.Equal(OpenStatus.AddressNotAvailable, failure!.Status);
        Assert.Equal(0, system.Open);
    }

    [Fact]
    public void Failure_of_a_later_worker_closes_everything()
    {
        var system = new ScriptedSystem { NextAnswer = tries => tries < 3 ? OpenStatus.Opened : OpenStatus.Failed };
        Assert.Null(SocketOpener.Open(Options(Any4, Any6), 4, system, out OpenFailure? failure));
        Assert.Equal(OpenStatus.Failed, failure!.Status);
        Assert.Equal(0, system.Open);
    }

    [Fact]
    public void Sockets_are_numbered_by_address_in_every_worker()
    {
        UdpSocket[][]? sockets = SocketOpener.Open(Options(Any4, Any6), 3, new ScriptedSystem(), out _);
        Assert.Equal(3, sockets!.Length);
        Assert.All(sockets, ofWorker => Assert.Equal([1u, 2u], ofWorker.Select(socket => socket.Number)));
    }

    private static NetOptions Options(params NodeAddress[] addresses) => new() { Addresses = addresses };

    private sealed class ScriptedSystem : SocketSystem
    {
        private ushort _freePort = 40_000;
        private int _next;

        public Func<NodeAddress, OpenStatus> Answer { get; init; } = _ => OpenStatus.Opened;

        public Func<int, OpenStatus> NextAnswer { get; init; } = _ => OpenStatus.Opened;

        public int Tries { get; private set; }

        public int Open { get; private set; }

        public override UdpSocket? OpenFirst(in NodeAddress address, out OpenFailure? failure)
        {
            Tries++;
            return Make(address.Port == 0 ? address.WithPort(_freePort++) : address, Answer(address), out failure);
        }

        public override UdpSocket? OpenNext(UdpSocket first, out OpenFailure? failure) => Make(first.Bound, NextAnswer(_next++), out failure);

        public override Waiter CreateWaiter(IReadOnlyList<UdpSocket> sockets) => throw new NotSupportedException();

        private TwinSocket? Make(in NodeAddress bound, OpenStatus status, out OpenFailure? failure)
        {
            failure = status == OpenStatus.Opened ? null : new OpenFailure(status, "as told");
            if (failure != null) return null;
            Open++;
            return new TwinSocket(bound) { Disposed = () => Open-- };
        }
    }
}
