using System.Text;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Sessions;

/// <summary>What strangers do with envelopes that they see in the network: copy them elsewhere, change what no seal covers, put them again later.</summary>
public sealed class StrangerTests : IDisposable
{
    private static readonly TimeSpan Deadline = TestClient.Deadline;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-strangers-").FullName;

    // The suite whose envelopes can be changed without the reader's noticing.
    private static string Alice => Users.AliceFingerprint;

    private static string Bob => Users.BobFingerprint;

    private static string Carol => Users.Carol.Fingerprint;

    [Fact]
    public async Task An_envelope_put_under_another_senders_key_hides_nothing()
    {
        await using MessengerSession bob = await StartAsync();
        byte[] envelope = Sealed("Hello, Bob");
        Put(Alice, envelope);
        Put(Carol, envelope);
        CheckReport report = await bob.CheckAsync([Carol], InboxDepth.Recent, Deadline);
        Assert.Equal((0, 1), (report.Messages.Count, report.Refused));
        Assert.Equal(["Hello, Bob"], Texts(await bob.CheckAsync([Alice, Carol], InboxDepth.Recent, Deadline)));
    }

    [Fact]
    public async Task Copies_that_differ_where_no_seal_covers_them_are_one_message()
    {
        await using MessengerSession bob = await StartAsync();
        byte[] envelope = Sealed("Hello, Bob");
        // The sender's own entry, which Bob need not open.
        for (int i = 0; i < 3; i++) Put(Alice, Changed(envelope, 30 + i));
        Put(Alice, envelope);
        CheckReport report = await bob.CheckAsync([Alice], InboxDepth.Recent, Deadline);
        Assert.Equal(["Hello, Bob"], Texts(report));
        Assert.Equal(MessageDigest.Of(envelope), report.Messages[0].Id);
        Assert.True((await bob.ConfirmAsync(report.Messages, Deadline)).IsSuccess);
        Put(Alice, Changed(envelope, 40));
        Assert.Empty((await bob.CheckAsync([Alice], InboxDepth.Recent, Deadline)).Messages);
    }

    [Fact]
    public async Task A_copy_that_somebody_broke_does_not_hide_the_message()
    {
        await using MessengerSession bob = await StartAsync();
        byte[] envelope = Sealed("Hello, Bob");
        // Bob's entry, and the signature: both have the digest of the genuine one.
        foreach (byte[] broken in (byte[][])[Changed(envelope, 20 + 1608 + 5), Changed(envelope, envelope.Length - 9)])
        {
            Assert.Equal(MessageDigest.Of(envelope), MessageDigest.Of(broken));
            Put(Alice, broken);
        }

        CheckReport report = await bob.CheckAsync([Alice], InboxDepth.Recent, Deadline);
        Assert.Equal((0, 2), (report.Messages.Count, report.Refused));
        Put(Alice, envelope);
        Assert.Equal(["Hello, Bob"], Texts(await bob.CheckAsync([Alice], InboxDepth.Recent, Deadline)));
    }

    [Fact]
    public async Task Pain_28_a_message_put_again_with_other_times_is_not_shown_again()
    {
        byte[] first = Sealed("one"), second = Sealed("two");
        await using (MessengerSession bob = await StartAsync())
        {
            // A copy that would be forgotten at once, beside the genuine one.
            ulong now = bob.Services.Network.Now;
            Put(Alice, first, expiry: now + 2);
            Put(Alice, first);
            Put(Alice, second);
            CheckReport report = await bob.CheckAsync([Alice], InboxDepth.Recent, Deadline);
            Assert.Equal(["one", "two"], Texts(report).Order());
            await bob.ConfirmAsync(report.Messages, Deadline);
        }

        // While the genuine ones live, and when nobody but a stranger puts them any more.
        foreach (int days in (int[])[1, 30])
        {
            _time.Advance(TimeSpan.FromDays(days));
            await using MessengerSession again = await StartAsync();
            foreach (byte[] envelope in (byte[][])[first, second]) Put(Alice, envelope);
            Assert.Empty((await again.CheckAsync([Alice], InboxDepth.Full, Deadline)).Messages);
        }
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(0UL)]
    public async Task Pain_29_a_copy_with_another_time_confirms_nothing_that_was_not_found_and_hides_nothing(ulong timestamp)
    {
        await using MessengerSession bob = await StartAsync();
        ulong now = bob.Services.Network.Now;
        byte[] envelope = Sealed("Hello, Bob");
        Put(Alice, envelope, timestamp, ulong.MaxValue);
        Put(Alice, envelope);
        CheckReport report = await bob.CheckAsync([Alice], InboxDepth.Recent, Deadline);
        Assert.Equal(now, Assert.Single(report.Messages).Timestamp);
        await bob.ConfirmAsync(report.Messages, Deadline);
        DeliveryAcknowledgement told = (await bob.Services.Queue.AcknowledgementAsync(Alice, Bob, Deadline)).Value!;
        Assert.Equal((now, 1), (told.Time, told.Delivered.Count));
    }

    [Fact]
    public async Task A_message_of_a_clock_that_is_ahead_is_delivered_and_tells_no_time_that_is_to_come()
    {
        await using MessengerSession bob = await StartAsync();
        ulong now = bob.Services.Network.Now, ahead = now + 90 * 86_400;
        Put(Alice, Sealed("from the future"), ahead, ahead + RecordLimits.WeekSeconds);
        CheckReport report = await bob.CheckAsync([Alice], InboxDepth.Recent, Deadline);
        Assert.Equal(now + 86_400, Assert.Single(report.Messages).Timestamp);
        await bob.ConfirmAsync(report.Messages, Deadline);
        Assert.Equal(now, (await bob.Services.Queue.AcknowledgementAsync(Alice, Bob, Deadline)).Value!.Time);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Sealed(string text) => Users.Alice.Seal([Users.Alice.EncryptionKey, Users.Bob.EncryptionKey], Encoding.UTF8.GetBytes(text))!;

    private static byte[] Changed(byte[] envelope, int at)
    {
        byte[] changed = [.. envelope];
        changed[at] ^= 1;
        return changed;
    }

    private static string[] Texts(CheckReport report) => [.. report.Messages.Select(message => Encoding.UTF8.GetString(message.Text.Span))];

    /// <summary>Anybody's put: a message of a sender to Bob.</summary>
    private void Put(string sender, byte[] envelope, ulong? timestamp = null, ulong? expiry = null)
    {
        ulong now = (ulong)_time.GetUtcNow().ToUnixTimeSeconds();
        _network.PutUnsigned(DnaKeys.Outbox(sender, Bob), OutboxCodec.Write([new OfflineMessage(timestamp ?? now, expiry ?? now + RecordLimits.WeekSeconds, sender, Bob, envelope)]));
    }

    private async Task<MessengerSession> StartAsync()
    {
        var session = new MessengerSession(new SessionOptions { Suites = Users.Known, Time = _time, Directory = _folder });
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Bob, _network.Client(2))));
        return session;
    }
}
