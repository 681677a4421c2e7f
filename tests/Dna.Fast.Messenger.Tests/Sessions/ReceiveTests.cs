using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Sessions;

/// <summary>Messages by listening. What is waited for is waited for itself, within a minute.</summary>
public sealed partial class ReceiveTests : IDisposable
{
    private static readonly TimeSpan Deadline = TestClient.NoDeadline;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-receive-").FullName;

    private static string Alice => Users.Fast(1).Fingerprint;

    private static string Bob => Users.Fast(2).Fingerprint;

    [Fact]
    public async Task What_waits_and_what_comes_arrives_once_and_in_order_over_outbox_and_buckets()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        byte[] padding = new byte[10_000];
        for (int i = 0; i < 10; i++) await SendAsync(alice, i, padding);
        await using var heard = new Heard(bob, _time, new ReceiveOptions { Senders = [Alice, Alice, "nobody"], SweepPeriod = TimeSpan.FromDays(99) });
        await heard.CountIsAsync(10);
        // Through the outbox's end and over the end of a bucket's part.
        for (int i = 10; i < 45; i++) await SendAsync(alice, i, padding);
        await heard.CountIsAsync(45);
        Assert.Equal(Enumerable.Range(0, 45).Select(i => $"{i}"), heard.Texts);
        Answer<DeliveryAcknowledgement> told = await alice.Services.Queue.AcknowledgementAsync(Alice, Bob, Deadline);
        Assert.NotEmpty(told.Value!.Delivered);
    }

    [Fact]
    public async Task The_next_day_is_listened_to_when_it_begins()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        // A full outbox, so that all goes into buckets.
        Assert.True((await alice.Services.Queue.QueueAsync(alice.User.Keys, Bob, RandomNumberGenerator.GetBytes(63_000), Deadline)).IsSuccess);
        await using var heard = new Heard(bob, _time, new ReceiveOptions { Senders = [Alice], SweepPeriod = TimeSpan.FromDays(99) });
        for (int day = 0; day < 3; day++)
        {
            await SendAsync(alice, day);
            await heard.CountIsAsync(day + 1);
            _time.Advance(TimeSpan.FromDays(1));
            await ListenedAsync(DnaKeys.Chunk(ChunkBases.OutboxDay(Alice, Bob, DnaKeys.DayOf(bob.Services.Network.Now)), 0));
        }

        Assert.Equal(["0", "1", "2"], heard.Texts);
        // Yesterday is not listened to any more: the outbox and the first part of today.
        Assert.Equal(2, _network.Listeners);
    }

    [Fact]
    public async Task The_days_that_a_listener_slept_through_are_read_when_it_wakes()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        // A full outbox, so that all goes into buckets.
        Assert.True((await alice.Services.Queue.QueueAsync(alice.User.Keys, Bob, RandomNumberGenerator.GetBytes(63_000), Deadline)).IsSuccess);
        await using var heard = new Heard(bob, _time, new ReceiveOptions { Senders = [Alice], SweepPeriod = TimeSpan.FromDays(99) });
        await SendAsync(alice, 0);
        await heard.CountIsAsync(1);
        _network.IsDeaf = true;
        await SendAsync(alice, 1);
        _time.Advance(TimeSpan.FromDays(4));
        await heard.CountIsAsync(2);
        Assert.Equal(["0", "1"], heard.Texts);
    }

    [Fact]
    public void A_source_that_cannot_be_read_is_asked_less_and_less_often_and_read_as_far_back_as_it_was_not()
    {
        var reading = new SourceReading();
        TimeSpan[] pauses = [.. Enumerable.Range(0, 8).Select(_ => reading.Add(InboxDepth.Full, 1000, isKnown: false)!.Value)];
        Assert.Equal([5, 10, 20, 40, 80, 160, 300, 300], pauses.Select(pause => pause.TotalSeconds));
        Assert.Equal(InboxDepth.Full, reading.DepthAt(1000));
        Assert.Null(reading.Add(InboxDepth.Full, 1000, isKnown: true));
        Assert.Equal(InboxDepth.Recent, reading.DepthAt(1001));
        Assert.Null(reading.Add(InboxDepth.Recent, 40_000, isKnown: true));
        Assert.Equal(SourceReading.PauseMin, reading.Add(InboxDepth.Recent, 40_000, isKnown: false));
        // Twelve hours after the whole was read, and when the clock was set back.
        Assert.Equal(InboxDepth.Full, reading.DepthAt(1000 + 12 * 3600));
        Assert.Equal(InboxDepth.Full, reading.DepthAt(999));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_loss_everything_is_listened_to_again_and_read(bool isTooSlow)
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        await using var heard = new Heard(bob, _time, new ReceiveOptions { Senders = [Alice], SweepPeriod = TimeSpan.FromDays(99) });
        await SendAsync(alice, 0);
        await heard.CountIsAsync(1);
        _network.EndListeners(isTooSlow ? new ListenOverflowException() : null);
        await SendAsync(alice, 1);
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return heard.Texts.Length == 2;
        });
        await ListenedAsync(DnaKeys.Outbox(Alice, Bob));
        await SendAsync(alice, 2);
        await heard.CountIsAsync(3);
        Assert.Equal(["0", "1", "2"], heard.Texts);
    }

    [Fact]
    public async Task What_no_listener_hears_a_sweep_finds_and_what_cannot_be_read_is_read_later()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        await using var heard = new Heard(bob, _time, new ReceiveOptions { Senders = [Alice] });
        await SendAsync(alice, 0);
        await heard.CountIsAsync(1);
        _network.IsDeaf = true;
        await SendAsync(alice, 1);
        _network.UnreachableKeys.Add(DnaKeys.Outbox(Alice, Bob));
        int gets = _network.Gets;
        _time.Advance(TimeSpan.FromMinutes(5));
        await UntilAsync(() => _network.Gets > gets + 3);
        Assert.Equal(["0"], heard.Texts);
        _network.UnreachableKeys.Clear();
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return heard.Texts.Length == 2;
        });
    }

    [Fact]
    public async Task Pain_28_what_a_receiver_was_handed_before_its_end_is_not_handed_out_again()
    {
        await using MessengerSession alice = await StartAsync(1);
        for (int i = 0; i < 3; i++) await SendAsync(alice, i);
        for (int run = 0; run < 2; run++)
        {
            await using MessengerSession bob = await StartAsync(2);
            int left = 1;
            await foreach (ReceivedMessage message in bob.ReceiveAsync(new ReceiveOptions { Senders = [Alice] }))
            {
                // Who asks for the second has the first.
                Assert.Equal($"{run + 1 - left}", Encoding.UTF8.GetString(message.Text.Span[..1]));
                if (left-- == 0) break;
            }
        }
    }

    [Fact]
    public async Task Pain_30_a_stop_ends_who_receives_and_leaves_no_listener()
    {
        await using MessengerSession bob = await StartAsync(2);
        var heard = new Heard(bob, _time, new ReceiveOptions { Senders = [Alice], Groups = [new WatchedGroup(Guid.NewGuid().ToString("D"), Alice)] });
        // The sender's outbox and today's bucket; the group's day, and the group itself.
        await UntilAsync(() => _network.Listeners == 4);
        Assert.True(await bob.StopAsync(Deadline));
        await heard.Ended.WaitAsync(TimeSpan.FromMinutes(1));
        // That of the cache ends by itself.
        await UntilAsync(() => _network.Listeners == 0);
        Assert.Empty(await ToListAsync(bob.ReceiveAsync(new ReceiveOptions())));
        // And a cancelled one throws.
        await bob.StartAsync(new SessionUser(Users.Fast(2), _network.Client(2)));
        using var cancelled = new CancellationTokenSource();
        Task<List<ReceivedMessage>> receiving = ToListAsync(bob.ReceiveAsync(new ReceiveOptions { Senders = [Alice] }, cancelled.Token));
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
    }

    [Fact]
    public async Task A_groups_messages_come_to_its_members_and_not_to_who_wrote_them()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        Assert.True((await alice.PublishKeysAsync(Deadline)).IsSuccess);
        Assert.True((await bob.PublishKeysAsync(Deadline)).IsSuccess);
        Group group = (await alice.Services.Groups.CreateAsync(alice.User.Keys, Guid.NewGuid(), "Friends", "", [Bob], Deadline)).Value!;
        byte[] key = RandomNumberGenerator.GetBytes(GroupKeyPacket.KeyBytes);
        (string, ReadOnlyMemory<byte>)[] members = [(Alice, alice.User.Keys.EncryptionKey), (Bob, bob.User.Keys.EncryptionKey)];
        Assert.True((await alice.Services.GroupKeys.PublishAsync(alice.User.Keys, group.Uuid, 1, members, key, Deadline)).IsSuccess);
        Assert.True((await alice.Services.Groups.SetKeyVersionAsync(alice.User.Keys, group.Uuid, 1, Deadline)).IsSuccess);
        var options = new ReceiveOptions { Groups = [new WatchedGroup(group.Uuid, Alice)], SweepPeriod = TimeSpan.FromDays(99) };
        await using (var toBob = new Heard(bob, _time, options))
        await using (var toAlice = new Heard(alice, _time, options))
        {
            for (int i = 0; i < 20; i++) await SayAsync(alice, $"{i}");
            await toBob.CountIsAsync(20);
            await SayAsync(bob, "twenty");
            await toAlice.CountIsAsync(1);
            Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), toBob.Texts);
            Assert.Equal((group.Uuid, Bob), (toAlice.Messages[0].Group, toAlice.Messages[0].Sender));
            // The last one counts when the next is asked for.
            await SayAsync(alice, "21");
            await toBob.CountIsAsync(21);
        }

        await using var again = new Heard(bob, _time, options);
        await SayAsync(alice, "22");
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            return again.Texts.Contains("22");
        });
        Assert.All(again.Texts, text => Assert.Contains(text, (string[])["21", "22"]));

        async Task SayAsync(MessengerSession who, string text) => Assert.True((await who.Services.GroupOutbox.SendAsync(who.User.Keys, group.Uuid, 1, key, text, Deadline)).IsSuccess);
    }

    [Fact]
    public async Task What_another_process_handed_out_meanwhile_is_not_handed_out_again()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2), bobs = await StartAsync(2);
        using var turn = new SemaphoreSlim(1, 1);
        var options = new ReceiveOptions { Senders = [Alice], SweepPeriod = TimeSpan.FromDays(9), Turn = EnterAsync };
        for (int i = 0; i < 5; i++) await SendAsync(alice, i);
        await using var one = new Heard(bob, _time, options);
        await using var other = new Heard(bobs, _time, options);
        for (int i = 5; i < 25; i++) await SendAsync(alice, i);
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            return one.Texts.Length + other.Texts.Length >= 25;
        });
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"{i}").Order(), one.Texts.Concat(other.Texts).Order());

        async Task<IDisposable?> EnterAsync(ReceivedMessage message, CancellationToken cancellation)
        {
            await turn.WaitAsync(cancellation);
            return new Leaving(turn);
        }
    }

    [Fact]
    public async Task A_groups_key_that_is_known_already_need_not_be_in_the_network()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        Assert.True((await alice.PublishKeysAsync(Deadline)).IsSuccess);
        Group group = (await alice.Services.Groups.CreateAsync(alice.User.Keys, Guid.NewGuid(), "Friends", "", [Bob], Deadline)).Value!;
        byte[] key = RandomNumberGenerator.GetBytes(GroupKeyPacket.KeyBytes);
        Assert.True((await alice.Services.GroupOutbox.SendAsync(alice.User.Keys, group.Uuid, 1, key, "Hello, all", Deadline)).IsSuccess);
        var watched = new WatchedGroup(group.Uuid, Alice) { Keys = new Dictionary<uint, ReadOnlyMemory<byte>> { [1] = key } };
        await using (var heard = new Heard(bob, _time, new ReceiveOptions { Groups = [watched] }))
        {
            await heard.CountIsAsync(1);
            Assert.Equal((group.Uuid, "Hello, all"), (heard.Messages[0].Group, heard.Texts[0]));
            Assert.NotNull(heard.Messages[0].GroupId);
        }

        // What is forgotten at the end is the receiver's copy.
        Assert.Contains(key, part => part != 0);
    }

    [Fact]
    public async Task A_groups_messages_whose_key_comes_later_are_read_when_it_is_there_also_those_of_days_ago()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        Assert.True((await alice.PublishKeysAsync(Deadline)).IsSuccess);
        Group group = (await alice.Services.Groups.CreateAsync(alice.User.Keys, Guid.NewGuid(), "Friends", "", [Bob], Deadline)).Value!;
        byte[] key = RandomNumberGenerator.GetBytes(GroupKeyPacket.KeyBytes);
        Assert.True((await alice.Services.Groups.SetKeyVersionAsync(alice.User.Keys, group.Uuid, 1, Deadline)).IsSuccess);
        Assert.True((await alice.Services.GroupOutbox.SendAsync(alice.User.Keys, group.Uuid, 1, key, "early", Deadline)).IsSuccess);
        _time.Advance(TimeSpan.FromDays(4));
        int gets = _network.Gets;
        await using var heard = new Heard(bob, _time, new ReceiveOptions { Groups = [new WatchedGroup(group.Uuid, Alice)], SweepPeriod = TimeSpan.FromDays(9) });
        await UntilAsync(() => _network.Gets > gets + 10);
        (string, ReadOnlyMemory<byte>)[] members = [(Bob, bob.User.Keys.EncryptionKey)];
        Assert.True((await alice.Services.GroupKeys.PublishAsync(alice.User.Keys, group.Uuid, 1, members, key, Deadline)).IsSuccess);
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return heard.Texts.Length == 1;
        });
        Assert.Equal(["early"], heard.Texts);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (long start = Environment.TickCount64; !isSo(); await Task.Delay(1)) Assert.True(Environment.TickCount64 - start < 60_000, "A minute was over first.");
    }

    private static async Task SendAsync(MessengerSession alice, int number, byte[]? padding = null)
    {
        byte[] text = [.. Encoding.UTF8.GetBytes($"{number} "), .. padding ?? []];
        byte[] envelope = alice.User.Keys.Seal([alice.User.Keys.EncryptionKey, Users.Fast(2).EncryptionKey], text)!;
        Assert.True((await alice.Services.Queue.QueueAsync(alice.User.Keys, Bob, envelope, Deadline)).IsSuccess);
    }

    private Task ListenedAsync(Wire.InfoHash key) => UntilAsync(() => _network.IsListenedTo(key));

    private async Task<MessengerSession> StartAsync(byte number)
    {
        var session = new MessengerSession(new SessionOptions { Suites = Users.Known, Time = _time, Directory = _folder });
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Fast(number), _network.Client(number))));
        return session;
    }
}
