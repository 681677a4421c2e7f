using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Dna.Fast.Messenger.Tests.Fakes;

namespace Dna.Fast.Messenger.Tests.Direct;

/// <summary>What strangers send to a client that takes messages directly: each is refused and counted, and the client goes on.</summary>
public sealed class HostileConnectionTests : IAsyncDisposable
{
    private readonly DirectBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Who_sends_slowly_is_cut_off()
    {
        MessengerSession bob = await _bench.BobAsync();
        using Socket idle = await DirectBench.ConnectAsync(bob), slow = await DirectBench.ConnectAsync(bob);
        await slow.SendAsync(new byte[] { 0, 0, 4, 0, 1, 2, 3 });
        Task<byte[]> ends = Task.WhenAll(DirectBench.ReadAllAsync(idle), DirectBench.ReadAllAsync(slow)).ContinueWith(read => read.Result.SelectMany(bytes => bytes).ToArray(), TaskScheduler.Default);
        await _bench.PassUntilAsync(() => ends.IsCompleted);
        Assert.Empty(await ends);
        await GoesOnAsync(bob, () => bob.DirectStatistics.TooSlow == 2);
    }

    [Theory]
    [InlineData(0U)]
    [InlineData(64U * 1024)]
    [InlineData(10U * 1024 * 1024)]
    [InlineData(uint.MaxValue)]
    public async Task A_length_that_no_message_has_is_refused_before_anything_is_read(uint length)
    {
        MessengerSession bob = await _bench.BobAsync();
        using Socket socket = await DirectBench.ConnectAsync(bob);
        byte[] head = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(head, length);
        await socket.SendAsync(head);
        Assert.Empty(await DirectBench.ReadAllAsync(socket));
        await GoesOnAsync(bob, () => bob.DirectStatistics.WrongLength == 1);
    }

    [Fact]
    public async Task Junk_strangers_envelopes_and_half_frames_are_refused()
    {
        MessengerSession bob = await _bench.BobAsync();
        byte[] mine = Users.Fast(3).Seal([Users.Fast(3).EncryptionKey, Users.Fast(2).EncryptionKey], "x"u8)!, notBobs = Users.Fast(3).Seal([Users.Fast(3).EncryptionKey], "x"u8)!;
        byte[] damaged = [.. mine];
        damaged[^1] ^= 1;
        foreach (byte[] envelope in (byte[][])[RandomNumberGenerator.GetBytes(500), notBobs, damaged, mine])
        {
            using Socket socket = await DirectBench.ConnectAsync(bob);
            await socket.SendAsync(DirectFrame.Request(envelope));
            Assert.Empty(await DirectBench.ReadAllAsync(socket));
        }

        using (Socket half = await DirectBench.ConnectAsync(bob))
        {
            await half.SendAsync(DirectFrame.Request(mine).AsMemory(0, 100));
            half.Shutdown(SocketShutdown.Send);
            Assert.Empty(await DirectBench.ReadAllAsync(half));
        }

        await GoesOnAsync(bob, () => bob.DirectStatistics is { NotForUs: 3, Unasked: 1, Broken: 1 });
    }

    [Fact]
    public async Task One_address_has_four_connections_at_a_time()
    {
        MessengerSession bob = await _bench.BobAsync();
        var sockets = new List<Socket>();
        for (int i = 0; i < DirectLimits.ConnectionsPerAddressMax; i++) sockets.Add(await DirectBench.ConnectAsync(bob));
        using (var fifth = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            try
            {
                await fifth.ConnectAsync(bob.TakesAt!).WaitAsync(DirectBench.Bound);
                Assert.Empty(await DirectBench.ReadAllAsync(fifth));
            }
            catch (SocketException)
            {
                // The system may tell of the reset already when it has connected.
            }
        }

        await DirectBench.UntilAsync(() => bob.DirectStatistics.TooMany == 1);
        foreach (Socket socket in sockets) socket.Dispose();
        await GoesOnAsync(bob, () => bob.DirectStatistics.Broken == DirectLimits.ConnectionsPerAddressMax);
    }

    [Fact]
    public async Task A_stop_ends_who_is_connected()
    {
        MessengerSession bob = await _bench.BobAsync();
        using Socket socket = await DirectBench.ConnectAsync(bob);
        await socket.SendAsync(new byte[] { 0, 0, 1 });
        IPEndPoint at = bob.TakesAt!;
        await bob.StopAsync(DirectBench.Deadline).WaitAsync(DirectBench.Bound);
        Assert.Empty(await DirectBench.ReadAllAsync(socket));
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAnyAsync<SocketException>(() => late.ConnectAsync(at));
    }

    [Fact]
    public void Addresses_are_counted_at_a_time_and_in_a_minute_and_all_together()
    {
        var time = TestClient.Clock();
        var guard = new AddressGuard(time);
        IPAddress one = IPAddress.Parse("192.0.2.1"), same = IPAddress.Parse("::ffff:192.0.2.1"), net = IPAddress.Parse("2001:db8::1"), sameNet = IPAddress.Parse("2001:db8::ffff:1");
        for (int i = 0; i < DirectLimits.PerAddressAMinuteMax; i++)
        {
            Assert.Null(guard.Enter(i % 2 == 0 ? one : same));
            guard.Leave(one);
        }

        Assert.Equal(DirectOutcome.TooMany, guard.Enter(same));
        for (int i = 0; i < DirectLimits.ConnectionsPerAddressMax; i++) Assert.Null(guard.Enter(net));
        Assert.Equal(DirectOutcome.TooMany, guard.Enter(sameNet));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(guard.Enter(one));
        Assert.Equal(DirectOutcome.TooMany, guard.Enter(sameNet));
        for (int i = 0; i < DirectLimits.ConnectionsMax - DirectLimits.ConnectionsPerAddressMax - 1; i++) Assert.Null(guard.Enter(IPAddress.Parse($"198.51.100.{i}")));
        Assert.Equal(DirectOutcome.Full, guard.Enter(IPAddress.Parse("203.0.113.1")));
        guard.Leave(one);
        Assert.Null(guard.Enter(IPAddress.Parse("203.0.113.1")));
    }

    [Fact]
    public void Addresses_of_a_minute_are_bounded()
    {
        var guard = new AddressGuard(TestClient.Clock());
        for (int i = 0; i < DirectLimits.AddressesMax; i++)
        {
            var address = new IPAddress([10, 0, (byte)(i >> 8), (byte)i]);
            Assert.Null(guard.Enter(address));
            guard.Leave(address);
        }

        Assert.Equal(DirectOutcome.Full, guard.Enter(IPAddress.Parse("192.0.2.1")));
        Assert.Null(guard.Enter(IPAddress.Parse("10.0.0.1")));
    }

    [Fact]
    public void A_mutated_reply_is_never_a_delivery_and_never_throws()
    {
        MessageDigest message = MessageDigest.Of([1, 2, 3]);
        byte[] reply = DirectFrame.Reply(Users.Fast(2), DirectBench.Alice, message);
        Assert.Equal(DirectReply.Delivered, DirectFrame.Read(reply, Users.Known, DirectBench.Bob, DirectBench.Alice, message));
        Assert.NotEqual(DirectReply.Delivered, DirectFrame.Read(reply, Users.Known, DirectBench.Alice, DirectBench.Bob, message));
        Assert.NotEqual(DirectReply.Delivered, DirectFrame.Read([.. reply, 0], Users.Known, DirectBench.Bob, DirectBench.Alice, message));
        for (int i = 0; i < reply.Length; i++)
        {
            byte[] changed = [.. reply];
            changed[i] ^= 0x10;
            Assert.NotEqual(DirectReply.Delivered, DirectFrame.Read(changed, Users.Known, DirectBench.Bob, DirectBench.Alice, message));
            Assert.NotEqual(DirectReply.Delivered, DirectFrame.Read(reply.AsSpan(0, i), Users.Known, DirectBench.Bob, DirectBench.Alice, message));
        }
    }

    /// <summary>Waits for a count, and shows that messages still come through.</summary>
    private async Task GoesOnAsync(MessengerSession bob, Func<bool> isCounted)
    {
        await DirectBench.UntilAsync(isCounted);
        await using var heard = new Heard(bob, DirectBench.Alice);
        await DirectBench.UntilAsync(() => _bench.Network.IsListenedTo(DnaKeys.Outbox(DirectBench.Alice, DirectBench.Bob)));
        MessengerSession alice = await _bench.AliceAsync();
        Assert.True((await DirectBench.SendAsync(alice, "still here").WaitAsync(DirectBench.Bound)).IsDelivered);
        Assert.Equal(["still here"], heard.Texts);
    }
}
