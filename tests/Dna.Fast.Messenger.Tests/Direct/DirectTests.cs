using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dna.Fast.Messenger.Tests.Direct;

/// <summary>Messages from client to client, and what becomes of those that do not get through.</summary>
public sealed class DirectTests : IAsyncDisposable
{
    private readonly DirectBench _bench = new();

    private static string Alice => DirectBench.Alice;

    private static string Bob => DirectBench.Bob;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_message_is_delivered_when_its_reader_has_it_and_leaves_nothing_in_the_network()
    {
        MessengerSession alice = await _bench.AliceAsync(), bob = await _bench.BobAsync();
        await using var heard = new Heard(bob, Alice);
        for (int i = 0; i < 5; i++) Assert.True(await IsDeliveredAsync(alice, $"{i}"));
        Assert.Equal(["0", "1", "2", "3", "4"], heard.Texts);
        Assert.False(_bench.IsQueued);
        Assert.Equal((5, 0), (alice.DirectStatistics.Sent, alice.DirectStatistics.SentOtherwise));
        await DirectBench.UntilAsync(() => bob.DirectStatistics.Delivered == 5);
    }

    [Fact]
    public async Task It_is_off_unless_it_is_asked_for()
    {
        MessengerSession alice = await _bench.StartAsync(1, direct: null), bob = await _bench.StartAsync(2, direct: null);
        Assert.Null(bob.TakesAt);
        SendReport sent = await DirectBench.SendAsync(alice, "x");
        Assert.True(sent is { IsSuccess: true, IsDelivered: false });
        Assert.Equal(0, alice.DirectStatistics.SentOtherwise);
    }

    [Fact]
    public async Task What_was_queued_before_comes_before_what_comes_directly()
    {
        MessengerSession alice = await _bench.AliceAsync();
        await (await _bench.StartAsync(2, direct: null)).StopAsync(DirectBench.Deadline);
        Assert.True((await DirectBench.SendAsync(alice, "0")) is { IsSuccess: true, IsDelivered: false });
        MessengerSession bob = await _bench.BobAsync();
        // Bob does not hear of it by listening.
        _bench.Network.IsDeaf = true;
        await using var heard = new Heard(bob, Alice);
        await DirectBench.UntilAsync(() => heard.Texts.Length == 1);
        await alice.Services.Queue.QueueAsync(alice.User.Keys, Bob, alice.User.Keys.Seal([alice.User.Keys.EncryptionKey, bob.User.Keys.EncryptionKey], "1"u8)!, DirectBench.Deadline);
        _bench.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.True(await IsDeliveredAsync(alice, "2"));
        Assert.Equal(["0", "1", "2"], heard.Texts);
    }

    [Fact]
    public async Task What_nobody_receives_waits_in_the_outbox_and_is_shown_once()
    {
        MessengerSession alice = await _bench.AliceAsync(), bob = await _bench.BobAsync();
        SendReport sent = await DirectBench.SendAsync(alice, "hello");
        Assert.True(sent is { IsSuccess: true, IsDelivered: false, Acknowledged: > 0 });
        Assert.Equal(1, bob.DirectStatistics.Unasked);
        await using var heard = new Heard(bob, Alice);
        await DirectBench.UntilAsync(() => heard.Texts.Length == 1);
        // And who was not reached is not tried again at once.
        Assert.False((await DirectBench.SendAsync(alice, "again")).IsDelivered);
        await DirectBench.UntilAsync(() => heard.Texts.Length == 2);
        Assert.Equal(1, bob.DirectStatistics.Unasked);
        Assert.Equal(["hello", "again"], heard.Texts);
    }

    [Fact]
    public async Task What_a_reader_takes_too_late_is_queued_and_shown_once()
    {
        MessengerSession alice = await _bench.AliceAsync(), bob = await _bench.BobAsync();
        await using IAsyncEnumerator<ReceivedMessage> reader = bob.ReceiveAsync(new ReceiveOptions { Senders = [Alice] }).GetAsyncEnumerator();
        Task<bool> first = reader.MoveNextAsync().AsTask();
        await DirectBench.UntilAsync(() => _bench.Network.IsListenedTo(DnaKeys.Outbox(Alice, Bob)));
        Task<SendReport> sending = DirectBench.SendAsync(alice, "slow");
        Assert.True(await first.WaitAsync(DirectBench.Bound));
        // It is on the reader's screen, and the reader does not come back.
        await _bench.PassUntilAsync(() => sending.IsCompleted);
        Assert.True((await sending) is { IsSuccess: true, IsDelivered: false });
        Assert.True(_bench.IsQueued);
        Task<bool> second = reader.MoveNextAsync().AsTask();
        _bench.Time.Advance(TimeSpan.FromMinutes(2));
        Task<SendReport> next = DirectBench.SendAsync(alice, "next");
        Assert.True(await second.WaitAsync(DirectBench.Bound));
        Assert.Equal("next", Encoding.UTF8.GetString(reader.Current.Text.Span));
        Task<bool> third = reader.MoveNextAsync().AsTask();
        Assert.True((await next.WaitAsync(DirectBench.Bound)).IsDelivered);
        await bob.StopAsync(DirectBench.Deadline);
        Assert.False(await third.WaitAsync(DirectBench.Bound));
    }

    [Fact]
    public async Task Of_several_readers_at_once_each_message_goes_to_one()
    {
        MessengerSession alice = await _bench.AliceAsync(), bob = await _bench.BobAsync();
        await using Heard one = new(bob, Alice), two = new(bob, Alice);
        for (int i = 0; i < 10; i++)
        {
            SendReport sent = await SendInTimeAsync(alice, $"{i}");
            Assert.True(sent.IsSuccess);
            // Also those of the outbox: who is not reached is left alone for a minute.
            if (!sent.IsDelivered) _bench.Time.Advance(TimeSpan.FromMinutes(2));
        }

        await _bench.PassUntilAsync(() => one.Texts.Length + two.Texts.Length >= 10);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), one.Texts.Concat(two.Texts).Order());
    }

    [Fact]
    public async Task A_client_of_the_first_generation_gets_its_one_byte_and_ours_a_signed_word_behind_it()
    {
        MessengerSession bob = await _bench.BobAsync();
        await using var heard = new Heard(bob, Alice);
        byte[] envelope = Users.Fast(1).Seal([Users.Fast(1).EncryptionKey, Users.Fast(2).EncryptionKey], "old"u8)!;
        byte[] frame = [0, 0, (byte)(envelope.Length >> 8), (byte)envelope.Length, .. envelope];
        for (int i = 0; i < 2; i++)
        {
            using Socket socket = await DirectBench.ConnectAsync(bob);
            // In pieces, as a network may.
            foreach (byte[] piece in frame.Chunk(97)) await socket.SendAsync(piece);
            byte[] reply = await DirectBench.ReadAllAsync(socket);
            Assert.Equal(1, reply[0]);
            Assert.Equal(DirectReply.Delivered, DirectFrame.Read(reply, Users.Known, Bob, Alice, MessageDigest.Of(envelope)));
        }

        Assert.Equal(["old"], heard.Texts);
        await DirectBench.UntilAsync(() => bob.DirectStatistics is { Delivered: 1, AlreadyDelivered: 1 });
    }

    [Theory]
    [InlineData("first generation")]
    [InlineData("somebody else's")]
    [InlineData("of another message")]
    [InlineData("junk")]
    [InlineData("nothing")]
    [InlineData("endless")]
    public async Task Only_what_the_recipient_signed_for_counts_as_delivered(string reply)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        MessengerSession alice = await _bench.AliceAsync();
        await _bench.StartAsync(2, direct: null);
        await _bench.BobIsAtAsync((IPEndPoint)listener.LocalEndPoint!);
        Task<SendReport> sending = DirectBench.SendAsync(alice, "x");
        using (Socket server = await listener.AcceptAsync().WaitAsync(DirectBench.Bound))
        {
            byte[] head = new byte[4];
            Assert.Equal(4, await server.ReceiveAsync(head));
            byte[] envelope = new byte[(head[2] << 8) | head[3]];
            for (int length = 0; length < envelope.Length;) length += await server.ReceiveAsync(envelope.AsMemory(length));
            await server.SendAsync(Reply(reply, MessageDigest.Of(envelope)));
            if (reply == "endless") await _bench.PassUntilAsync(() => sending.IsCompleted);
        }

        Assert.True((await sending.WaitAsync(DirectBench.Bound)) is { IsSuccess: true, IsDelivered: false });
        Assert.True(_bench.IsQueued);
    }

    [Theory]
    [InlineData("127.0.0.1", 1023, true)]
    [InlineData("224.0.0.1", 4001, true)]
    [InlineData("0.0.0.0", 4001, true)]
    [InlineData("ff02::1", 4001, true)]
    [InlineData("127.0.0.1", 0, false)]
    public async Task A_presence_that_nobody_signed_or_that_names_no_client_leads_nowhere(string ip, int port, bool isSigned)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        MessengerSession alice = await _bench.AliceAsync();
        await _bench.StartAsync(2, direct: null);
        await _bench.BobIsAtAsync(new IPEndPoint(IPAddress.Parse(ip), port == 0 ? ((IPEndPoint)listener.LocalEndPoint!).Port : port), isSigned);
        Assert.True((await DirectBench.SendAsync(alice, "x").WaitAsync(DirectBench.Bound)) is { IsSuccess: true, IsDelivered: false });
        Assert.False(listener.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task A_presence_is_said_again_before_it_is_over()
    {
        await _bench.BobAsync();
        FakeSlotVersions versions = new(_bench);
        int before = versions.Count;
        await _bench.PassUntilAsync(() => versions.Count >= before + 2, step: PresenceKeeper.Period / 8);
        // And one that no node took is tried again sooner.
        _bench.Network.UnreachablePuts.Add(DnaKeys.Presence(Users.Fast(2).SigningKey.Span));
        _bench.Time.Advance(PresenceKeeper.Period);
        _bench.Network.UnreachablePuts.Clear();
        int now = versions.Count;
        await _bench.PassUntilAsync(() => versions.Count > now, step: PresenceKeeper.Period / 8);
    }

    [Fact]
    public async Task An_address_that_cannot_be_bound_is_told_at_the_start()
    {
        MessengerSession bob = await _bench.BobAsync();
        var notices = new List<string>();
        var options = new SessionOptions { Suites = Users.Known, Time = _bench.Time, Notify = notices.Add, Direct = new DirectOptions { Listen = bob.TakesAt } };
        await using var other = new MessengerSession(options);
        Assert.Equal(ResultCode.NetworkError, await other.StartAsync(new SessionUser(Users.Fast(3), _bench.Network.Client(3))));
        Assert.False(other.IsRunning);
        Assert.Single(notices);
        await bob.StopAsync(DirectBench.Deadline);
        Assert.Equal(ResultCode.Success, await other.StartAsync(new SessionUser(Users.Fast(3), _bench.Network.Client(3))));
    }

    private static async Task<bool> IsDeliveredAsync(MessengerSession alice, string text) => (await DirectBench.SendAsync(alice, text).WaitAsync(DirectBench.Bound)) is { IsSuccess: true, IsDelivered: true };

    private async Task<SendReport> SendInTimeAsync(MessengerSession alice, string text)
    {
        Task<SendReport> sending = DirectBench.SendAsync(alice, text);
        await _bench.PassUntilAsync(() => sending.IsCompleted);
        return await sending;
    }

    private static byte[] Reply(string kind, MessageDigest message) => kind switch
    {
        "first generation" => [1],
        "somebody else's" => DirectFrame.Reply(Users.Fast(3), Alice, message),
        "of another message" => DirectFrame.Reply(Users.Fast(2), Alice, MessageDigest.Of([1])),
        "junk" => [7, 7, 7],
        "endless" => [1, 0, 0, 16, 0, 1],
        _ => [],
    };

    private sealed class FakeSlotVersions(DirectBench bench)
    {
        public int Count => bench.Network.At(DnaKeys.Presence(Users.Fast(2).SigningKey.Span)).Sum(slot => slot.Versions.Count);
    }
}
