using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Sessions;

/// <summary>What outlives a process: the folder of a session, used by one after the other, and by two at once.</summary>
public sealed class SessionStateTests : IDisposable
{
    private static readonly TimeSpan Deadline = TestClient.Deadline;

    // What a short text of the messenger suite for two readers comes to.
    private const int UsualBytes = 10_514;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-state-").FullName;
    private readonly List<string> _notices = [];

    private static string Alice => Users.Fast(1).Fingerprint;

    private static string Bob => Users.Fast(2).Fingerprint;

    [Fact]
    public async Task Pain_28_a_restarted_sender_gives_no_number_twice()
    {
        for (int i = 0; i < 12; i++)
        {
            await using MessengerSession alice = await StartAsync(1);
            Assert.True((await QueueAsync(alice, RandomNumberGenerator.GetBytes(UsualBytes))).IsSuccess);
            // One that fails has used its number all the same: it may have arrived.
            _network.IsUnreachable = i % 3 == 0;
            if (_network.IsUnreachable) Assert.False((await QueueAsync(alice, RandomNumberGenerator.GetBytes(UsualBytes))).IsSuccess);
            _network.IsUnreachable = false;
            if (i % 4 == 3) _time.Advance(TimeSpan.FromDays(1));
        }

        await using MessengerSession bob = await StartAsync(2);
        InboxReport report = await bob.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline);
        Assert.Equal(12, report.Messages.Count);
        ulong[] numbers = [.. report.Messages.Select(message => message.Seq).OfType<ulong>()];
        Assert.True(numbers.Length > 3);
        Assert.Equal(numbers.Distinct().Order(), numbers);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task Pain_27_what_a_sender_had_on_its_disk_when_it_died_is_sent_at_the_next_start(int before)
    {
        byte[][] sent = [.. Enumerable.Range(0, before + 1).Select(_ => RandomNumberGenerator.GetBytes(UsualBytes))];
        await using (MessengerSession alice = await StartAsync(1))
        {
            foreach (byte[] envelope in sent[..before]) Assert.True((await QueueAsync(alice, envelope)).IsSuccess);
            _network.BeforePut = _ => throw new OperationCanceledException();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => alice.Services.Queue.QueueAsync(alice.User.Keys, Bob, sent[^1], Deadline));
        }

        // The day passes before it comes back.
        _time.Advance(TimeSpan.FromDays(1));
        _network.BeforePut = null;
        await using MessengerSession bob = await StartAsync(2);
        Assert.Equal(before, (await bob.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline)).Messages.Count);
        await using MessengerSession again = await StartAsync(1);
        await again.Resumed.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(sent, (await bob.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline)).Messages.Select(message => message.Envelope.ToArray()));
    }

    [Fact]
    public async Task Pain_27_a_restarted_sender_puts_its_outbox_back_where_the_network_lost_it()
    {
        await using (MessengerSession alice = await StartAsync(1)) Assert.True((await QueueAsync(alice, [1])).IsSuccess);
        var emptied = new FakeNetwork();
        await using var again = new MessengerSession(Options());
        await again.StartAsync(new SessionUser(Users.Fast(1), emptied.Client(1)));
        Assert.True((await QueueAsync(again, [2])).IsSuccess);
        var bob = new TestClient(emptied, Users.Fast(2), owner: 2, _time);
        Assert.Equal([[1], [2]], (await bob.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline)).Messages.Select(message => message.Envelope.ToArray()));
    }

    [Fact]
    public async Task Pain_28_a_restarted_receiver_is_told_nothing_twice()
    {
        await using MessengerSession alice = await StartAsync(1);
        await alice.PublishKeysAsync(Deadline);
        await using (MessengerSession bob = await StartAsync(2))
        {
            await bob.PublishKeysAsync(Deadline);
            for (int i = 0; i < 3; i++) Assert.True((await alice.SendAsync(Bob, Encoding.UTF8.GetBytes($"message {i}"), Deadline)).IsSuccess);
            CheckReport report = await bob.CheckAsync([Alice], InboxDepth.Full, Deadline);
            Assert.Equal(3, report.Messages.Count);
            Assert.True((await bob.ConfirmAsync([.. report.Messages.Take(2)], Deadline)).IsSuccess);
        }

        await using MessengerSession again = await StartAsync(2);
        ReceivedMessage last = Assert.Single((await again.CheckAsync([Alice], InboxDepth.Full, Deadline)).Messages);
        Assert.Equal("message 2", Encoding.UTF8.GetString(last.Text.Span));
    }

    [Fact]
    public async Task Pain_28_what_was_handed_out_is_not_handed_out_again_though_that_cannot_be_kept_now()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        Assert.True((await bob.PublishKeysAsync(Deadline)).IsSuccess);
        Assert.True((await alice.SendAsync(Bob, "once"u8.ToArray(), Deadline)).IsSuccess);
        CheckReport report = await bob.CheckAsync([Alice], InboxDepth.Full, Deadline);
        string path = Path.Combine(_folder, Bob, "delivered-" + Alice);
        Directory.CreateDirectory(path);
        Assert.Equal(ResultCode.StorageError, (await bob.ConfirmAsync(report.Messages, Deadline)).Code);
        Assert.Single(_notices);
        Directory.Delete(path);
        Assert.Empty((await bob.CheckAsync([Alice], InboxDepth.Full, Deadline)).Messages);
        // The next one that can be kept is kept with it.
        Assert.True((await alice.SendAsync(Bob, "twice"u8.ToArray(), Deadline)).IsSuccess);
        Assert.True((await bob.ConfirmAsync((await bob.CheckAsync([Alice], InboxDepth.Full, Deadline)).Messages, Deadline)).IsSuccess);
        await using MessengerSession again = await StartAsync(2);
        Assert.Empty((await again.CheckAsync([Alice], InboxDepth.Full, Deadline)).Messages);
    }

    [Fact]
    public async Task Pain_29_an_acknowledgement_after_a_restart_still_names_what_was_delivered_before()
    {
        await using MessengerSession alice = await StartAsync(1);
        await alice.PublishKeysAsync(Deadline);
        await using (MessengerSession bob = await StartAsync(2)) await bob.PublishKeysAsync(Deadline);
        for (int i = 1; i <= 3; i++)
        {
            Assert.True((await alice.SendAsync(Bob, new[] { (byte)i }, Deadline)).IsSuccess);
            await using MessengerSession bob = await StartAsync(2);
            await bob.ConfirmAsync((await bob.CheckAsync([Alice], InboxDepth.Full, Deadline)).Messages, Deadline);
            Assert.Equal(i, (await alice.Services.Queue.AcknowledgementAsync(Alice, Bob, Deadline)).Value?.Delivered.Count);
        }
    }

    [Fact]
    public async Task Two_processes_of_one_user_share_what_they_know()
    {
        await using MessengerSession alice = await StartAsync(1), other = await StartAsync(1), bob = await StartAsync(2), bobs = await StartAsync(2);
        byte[][] sent = [.. Enumerable.Range(0, 16).Select(_ => RandomNumberGenerator.GetBytes(UsualBytes))];
        Task<PutReport>[] puts = [.. sent.Select((envelope, i) => QueueAsync(i % 2 == 0 ? alice : other, envelope))];
        await TestClient.PassTimeUntilAsync(Task.WhenAll(puts), _time);
        Assert.All(puts, put => Assert.True(put.Result.IsSuccess));
        InboxReport report = await bob.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, TestClient.NoDeadline);
        Assert.Equal(sent.Select(Convert.ToHexString).Order(), report.Messages.Select(message => Convert.ToHexString(message.Envelope.Span)).Order());
        ulong[] numbers = [.. report.Messages.Select(message => message.Seq).OfType<ulong>()];
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        await bob.Services.Inbox.ConfirmAsync(bob.User.Keys, report.Messages, Deadline);
        Assert.Empty((await bobs.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline)).Messages);
    }

    [Fact]
    public async Task A_damaged_file_is_set_aside_and_the_network_knows_the_rest()
    {
        byte[][] sent = [.. Enumerable.Range(0, 10).Select(_ => RandomNumberGenerator.GetBytes(UsualBytes))];
        await using (MessengerSession alice = await StartAsync(1), bob = await StartAsync(2))
        {
            foreach (byte[] envelope in sent[..9]) Assert.True((await QueueAsync(alice, envelope)).IsSuccess);
            // Alice does not hear of it, so that all stays in the network.
            _network.UnreachablePuts.Add(DnaKeys.Acknowledgement(Bob, Alice));
            await bob.Services.Inbox.ConfirmAsync(bob.User.Keys, (await bob.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline)).Messages, Deadline);
        }

        string[] files = [.. Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))];
        Assert.Equal(3, files.Length);
        foreach (string file in files)
        {
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            byte[] bytes = File.ReadAllBytes(file);
            bytes[^40] ^= 1;
            File.WriteAllBytes(file, bytes);
        }

        await using MessengerSession again = await StartAsync(1), bobs = await StartAsync(2);
        Assert.True((await QueueAsync(again, sent[9])).IsSuccess);
        InboxReport report = await bobs.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline);
        Assert.Equal(sent, report.Messages.Select(message => message.Envelope.ToArray()));
        ulong[] numbers = [.. report.Messages.Select(message => message.Seq).OfType<ulong>()];
        Assert.Equal(numbers.Distinct().Order(), numbers);
        Assert.Equal(3, _notices.Count(notice => notice.Contains("is damaged", StringComparison.Ordinal)));
        Assert.Equal(3, Directory.EnumerateFiles(_folder, "*.damaged-*", SearchOption.AllDirectories).Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_part_of_a_day_is_read_before_it_is_written_also_where_another_device_was_first(bool isSecondDevice)
    {
        byte[][] sent = [.. Enumerable.Range(0, 12).Select(_ => RandomNumberGenerator.GetBytes(UsualBytes))];
        byte[][] others = [.. Enumerable.Range(0, 12).Select(_ => RandomNumberGenerator.GetBytes(UsualBytes))];
        var phone = new MessengerSession(Options() with { Directory = Path.Combine(_folder, "phone") });
        await using (phone)
        {
            if (isSecondDevice)
            {
                await phone.StartAsync(new SessionUser(Users.Fast(1), _network.Client(1)));
                foreach (byte[] envelope in others) Assert.True((await QueueAsync(phone, envelope)).IsSuccess);
            }

            await using (MessengerSession alice = await StartAsync(1))
            {
                foreach (byte[] envelope in sent[..10]) Assert.True((await QueueAsync(alice, envelope)).IsSuccess);
            }

            string part = Assert.Single(Directory.EnumerateFiles(Path.Combine(_folder, Alice), "outbox-*.0"));
            await File.WriteAllBytesAsync(part, [1, 2, 3]);
            // Twice: the first start marks it, and must not forget that when it ends before anything is sent.
            await using (MessengerSession marking = await StartAsync(1)) await marking.Resumed.WaitAsync(TimeSpan.FromMinutes(1));
            _network.IsUnreachable = true;
            await using (MessengerSession away = await StartAsync(1)) Assert.False((await QueueAsync(away, sent[10])).IsSuccess);
            _network.IsUnreachable = false;
            await using MessengerSession again = await StartAsync(1);
            Assert.True((await QueueAsync(again, sent[11])).IsSuccess);
        }

        await using MessengerSession bob = await StartAsync(2);
        InboxReport report = await bob.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline);
        string[] expected = [.. sent[..10].Append(sent[11]).Concat(isSecondDevice ? others : []).Select(Convert.ToHexString)];
        Assert.Subset(report.Messages.Select(message => Convert.ToHexString(message.Envelope.Span)).ToHashSet(), expected.ToHashSet());
    }

    [Fact]
    public async Task A_file_with_the_number_of_no_part_costs_nothing()
    {
        await using (MessengerSession alice = await StartAsync(1)) Assert.True((await QueueAsync(alice, [1])).IsSuccess);
        ulong day = DnaKeys.DayOf((ulong)_time.GetUtcNow().ToUnixTimeSeconds());
        string foreign = Path.Combine(_folder, Alice, $"outbox-{Bob}.{day}.{int.MaxValue}");
        await File.WriteAllBytesAsync(foreign, [1]);
        await using MessengerSession again = await StartAsync(1);
        Assert.True((await QueueAsync(again, [2])).IsSuccess);
        Assert.True(File.Exists(foreign));
        Assert.Empty(_notices);
    }

    [Fact]
    public async Task What_cannot_be_kept_is_not_sent()
    {
        await using MessengerSession alice = await StartAsync(1);
        Directory.CreateDirectory(Path.Combine(_folder, Alice, "outbox-" + Bob));
        Assert.Equal(ResultCode.StorageError, (await QueueAsync(alice, [1])).Code);
        Assert.Equal(0, _network.Puts);
        Directory.Delete(Path.Combine(_folder, Alice, "outbox-" + Bob));
        Assert.True((await QueueAsync(alice, [2])).IsSuccess);
        await using MessengerSession bob = await StartAsync(2);
        Assert.Equal([2], Assert.Single((await bob.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline)).Messages).Envelope.ToArray());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_told_at_the_start()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, Alice), "in the way");
        await using var session = new MessengerSession(Options());
        Assert.Equal(ResultCode.StorageError, await session.StartAsync(new SessionUser(Users.Fast(1), _network.Client(1))));
        Assert.False(session.IsRunning);
        Assert.Single(_notices);
    }

    [Fact]
    public void A_mutated_state_file_is_refused_and_never_throws()
    {
        byte[] file = StateFrame.Write(StateKind.Delivered, RandomNumberGenerator.GetBytes(320));
        Assert.Equal(RecordStatus.Ok, StateFrame.Read(file, StateKind.Delivered, out ReadOnlySpan<byte> content));
        Assert.Equal(320, content.Length);
        Assert.Equal(RecordStatus.Malformed, StateFrame.Read(file, StateKind.Outbox, out _));
        for (int i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 0x10;
            Assert.NotEqual(RecordStatus.Ok, StateFrame.Read(changed, StateKind.Delivered, out _));
            Assert.NotEqual(RecordStatus.Ok, StateFrame.Read(file.AsSpan(0, i), StateKind.Delivered, out _));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<PutReport> QueueAsync(MessengerSession session, byte[] envelope) =>
        session.Services.Queue.QueueAsync(session.User.Keys, Bob, envelope, TestClient.NoDeadline);

    // Without caches, whose files are of use but not needed.
    private SessionOptions Options() => new() { Suites = Users.Known, Time = _time, Directory = _folder, Notify = Notify, HasCaches = false };

    private void Notify(string notice)
    {
        lock (_notices) _notices.Add(notice);
    }

    private async Task<MessengerSession> StartAsync(byte number)
    {
        var session = new MessengerSession(Options());
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Fast(number), _network.Client(number))));
        return session;
    }
}
