using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Sessions;

/// <summary>Salted keys: who may look where, from the first message of two clients to their thousandth.</summary>
public sealed class SaltTests : IDisposable
{
    private static readonly TimeSpan Deadline = TestClient.NoDeadline;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-salts-").FullName;

    private static string Alice => Users.Fast(1).Fingerprint;

    private static string Bob => Users.Fast(2).Fingerprint;

    [Fact]
    public async Task Pain_45_when_two_clients_agreed_on_a_salt_nobody_else_finds_what_they_write_and_nothing_is_lost()
    {
        await using (MessengerSession alice = await StartAsync(1), bob = await StartAsync(2))
        {
            await AgreeAsync(alice, bob);
            ushort before = _network.At(DnaKeys.Outbox(Alice, Bob)).Single().Newest.Seq;
            await SendAsync(alice, Bob, "to Bob");
            Assert.Equal(["to Bob"], await CheckAsync(bob, Alice));
            await SendAsync(bob, Alice, "to Alice");
            Assert.Equal(["to Alice"], await CheckAsync(alice, Bob));
            // Where everybody can look nothing happened.
            Assert.Equal(before, _network.At(DnaKeys.Outbox(Alice, Bob)).Single().Newest.Seq);
        }

        // As long as both have their folders, whatever is said at a start.
        await using MessengerSession again = await StartAsync(1, salted: false), bobs = await StartAsync(2, salted: false);
        await SendAsync(again, Bob, "still");
        Assert.Equal(["still"], await CheckAsync(bobs, Alice));
        OutboxPlace place = await PlaceAsync(1, Bob);
        Assert.True(place.IsSalted);
        byte[] outbox = _network.At(place.Outbox).Single().Newest.Data;
        Assert.Equal(RecordStatus.Ok, OutboxCodec.Read(outbox, out List<OfflineMessage> messages));
        Assert.All(messages, message => Assert.Equal(("", ""), (message.Sender, message.Recipient)));
        foreach (string user in (string[])[Alice, Bob]) Assert.True(outbox.AsSpan().IndexOf(Encoding.UTF8.GetBytes(user)) < 0);
        Assert.NotEmpty(_network.At(place.Acknowledgement));
        Assert.NotEmpty((await again.Services.Queue.AcknowledgementAsync(Alice, Bob, Deadline)).Value!.Delivered);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_did_not_agree_is_written_to_as_before_and_sees_no_note(bool isAsked)
    {
        await using MessengerSession alice = await StartAsync(1, salted: isAsked), bob = await StartAsync(2, salted: !isAsked);
        await PublishAsync(alice, bob);
        for (int i = 0; i < 3; i++)
        {
            await SendAsync(alice, Bob, $"{i}");
            Assert.Equal([$"{i}"], await CheckAsync(bob, Alice));
            Assert.Empty(await CheckAsync(alice, Bob));
        }

        Assert.False((await PlaceAsync(1, Bob)).IsSalted);
        Assert.False((await PlaceAsync(2, Alice)).IsSalted);
    }

    [Fact]
    public async Task Who_never_acknowledged_anything_is_offered_nothing()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        await PublishAsync(alice, bob);
        for (int i = 0; i < 3; i++) await SendAsync(alice, Bob, $"{i}");
        OutboxCodec.Read(_network.At(DnaKeys.Outbox(Alice, Bob)).Single().Newest.Data, out List<OfflineMessage> messages);
        Assert.Equal(3, messages.Count);
    }

    [Fact]
    public async Task What_waits_when_they_agree_comes_along_in_its_order()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        await PublishAsync(alice, bob);
        await SendAsync(alice, Bob, "0");
        await CheckAsync(bob, Alice);
        await SendAsync(alice, Bob, "1");
        await CheckAsync(bob, Alice);
        string padding = new('x', 12_000);
        string[] sent = [.. Enumerable.Range(10, 30).Select(i => $"{i}{padding}")];
        foreach (string text in sent[..29]) await SendAsync(alice, Bob, text);
        Assert.Empty(await CheckAsync(alice, Bob));
        await SendAsync(alice, Bob, sent[29]);
        // All of it lies at the salted place, also the buckets of today.
        _network.UnreachableKeys.Add(DnaKeys.Outbox(Alice, Bob));
        _network.UnreachableKeys.Add(DnaKeys.Chunk(ChunkBases.OutboxDay(Alice, Bob, DnaKeys.DayOf(alice.Services.Network.Now)), 0));
        CheckReport report = await bob.CheckAsync([Alice], InboxDepth.Full, Deadline);
        Assert.Equal(sent, report.Messages.Select(message => Encoding.UTF8.GetString(message.Text.Span)));
        Assert.Equal([Alice], report.Unknown);
    }

    [Fact]
    public async Task A_device_that_knows_no_salt_is_heard_for_two_weeks_at_once_and_later_within_a_day()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2), phone = await StartAsync(1, salted: false, device: "phone");
        await AgreeAsync(alice, bob);
        await SendAsync(phone, Bob, "at once");
        Assert.Contains("at once", await CheckAsync(bob, Alice));
        _time.Advance(TimeSpan.FromDays(15));
        await PublishAsync(alice, bob);
        Assert.Empty(await CheckAsync(bob, Alice));
        // Today it was looked for.
        _network.UnreachableKeys.Add(DnaKeys.Outbox(Alice, Bob));
        CheckReport report = await bob.CheckAsync([Alice], InboxDepth.Full, Deadline);
        Assert.Empty(report.Unknown);
        _network.UnreachableKeys.Clear();
        await SendAsync(phone, Bob, "later");
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["later"], await CheckAsync(bob, Alice));
    }

    [Fact]
    public async Task Where_a_second_device_agrees_too_the_first_goes_along()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2), phone = await StartAsync(1, device: "phone");
        await AgreeAsync(alice, bob);
        OutboxPlace first = await PlaceAsync(1, Bob);
        _time.Advance(TimeSpan.FromMinutes(1));
        // It knows of no salt, so it offers another.
        await SendAsync(phone, Bob, "phone");
        Assert.Equal(["phone"], (await CheckAsync(bob, Alice)).Except(["0", "1", "2"]));
        // The first one writes where it wrote, and is heard; then it sees the answer.
        await SendAsync(alice, Bob, "laptop");
        Assert.Equal(["laptop"], await CheckAsync(bob, Alice));
        await CheckAsync(alice, Bob);
        await SendAsync(alice, Bob, "laptop again");
        Assert.Equal(["laptop again"], await CheckAsync(bob, Alice));
        OutboxPlace second = await PlaceAsync(1, Bob);
        Assert.True(second.IsSalted);
        Assert.NotEqual(first.Mark, second.Mark);
        Assert.Equal(second.Mark, (await PlacesFromAsync(2, Alice))[0].Mark);
    }

    [Fact]
    public async Task Two_who_offer_at_once_come_to_the_same_salt()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        await PublishAsync(alice, bob);
        await SendAsync(alice, Bob, "0");
        await SendAsync(bob, Alice, "0");
        await CheckAsync(bob, Alice);
        await CheckAsync(alice, Bob);
        await SendAsync(alice, Bob, "1");
        await SendAsync(bob, Alice, "1");
        for (int i = 2; i < 6; i++)
        {
            Assert.Contains($"{i - 1}", await CheckAsync(bob, Alice));
            Assert.Contains($"{i - 1}", await CheckAsync(alice, Bob));
            await SendAsync(alice, Bob, $"{i}");
            await SendAsync(bob, Alice, $"{i}");
        }

        OutboxPlace written = await PlaceAsync(1, Bob);
        Assert.True(written.IsSalted);
        Assert.True((await PlaceAsync(2, Alice)).IsSalted);
        Assert.Contains(await PlacesFromAsync(2, Alice), read => read.Mark == written.Mark);
    }

    [Fact]
    public async Task A_client_that_lost_its_folder_agrees_anew_and_loses_nothing()
    {
        await using (MessengerSession alice = await StartAsync(1), bob = await StartAsync(2)) await AgreeAsync(alice, bob);
        Directory.Delete(Path.Combine(_folder, Alice), recursive: true);
        _time.Advance(TimeSpan.FromHours(1));
        await using MessengerSession anew = await StartAsync(1), bobs = await StartAsync(2);
        for (int i = 0; i < 5; i++)
        {
            await SendAsync(anew, Bob, $"{i}");
            Assert.Equal([$"{i}"], await CheckAsync(bobs, Alice));
            await CheckAsync(anew, Bob);
        }

        Assert.True((await PlaceAsync(1, Bob)).IsSalted);
        Assert.Equal((await PlaceAsync(1, Bob)).Mark, (await PlacesFromAsync(2, Alice))[0].Mark);
    }

    [Fact]
    public async Task Who_listens_hears_of_the_salted_place_as_soon_as_it_is_agreed_upon()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        await PublishAsync(alice, bob);
        using var ended = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var heard = new List<string>();
        IAsyncEnumerator<ReceivedMessage> receiving = bob.ReceiveAsync(new ReceiveOptions { Senders = [Alice], SweepPeriod = TimeSpan.FromDays(20) }, ended.Token).GetAsyncEnumerator(ended.Token);
        await using (receiving)
        {
            ValueTask<bool> next = receiving.MoveNextAsync();
            for (int i = 0; i < 4; i++)
            {
                await SendAsync(alice, Bob, $"{i}");
                Assert.True(await next);
                heard.Add(Encoding.UTF8.GetString(receiving.Current.Text.Span));
                next = receiving.MoveNextAsync();
                // Whoever listens confirms, and accepts, in a while of its own.
                while (i < 2 && (await CheckAsync(alice, Bob)).Length == 0 && !await IsSoAsync(i)) await Task.Delay(5, ended.Token);
            }

            await ended.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        }

        Assert.Equal(["0", "1", "2", "3"], heard);
        Assert.True((await PlaceAsync(1, Bob)).IsSalted);

        async Task<bool> IsSoAsync(int i) => i == 0
            ? (await alice.Services.Queue.AcknowledgementAsync(Alice, Bob, Deadline)).Value is { Delivered.Count: > 0 }
            : (await PlaceAsync(1, Bob)).IsSalted;
    }

    [Fact]
    public void A_note_is_for_one_reader_and_broken_ones_are_refused()
    {
        var note = new SaltNote(SaltNoteKind.Offer, 7, RandomNumberGenerator.GetBytes(SaltNote.SaltBytes));
        byte[] text = note.Write(Alice, Bob);
        Assert.Equal(RecordStatus.Ok, SaltNote.Read(text, Alice, Bob, out SaltNote? read));
        Assert.Equal((note.Kind, note.Time), (read!.Kind, read.Time));
        Assert.True(note.Salt.Span.SequenceEqual(read.Salt.Span));
        // Its reader can seal it again for somebody else, with the signature of whoever wrote it.
        Assert.Equal(RecordStatus.BadSignature, SaltNote.Read(text, Alice, Users.Fast(3).Fingerprint, out _));
        Assert.Equal(RecordStatus.BadSignature, SaltNote.Read(text, Bob, Alice, out _));
        for (int i = 0; i < text.Length; i++) Assert.Equal(RecordStatus.Malformed, SaltNote.Read(text.AsSpan(0, i), Alice, Bob, out _));
        Assert.Equal(RecordStatus.Malformed, SaltNote.Read([.. text, 0], Alice, Bob, out _));
        Assert.False(SaltNote.IsOne("Hello"u8));
    }

    [Fact]
    public void The_keys_of_a_salted_place_are_those_of_the_README()
    {
        byte[] salt = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        OutboxPlace place = OutboxPlace.Salted(salt, Alice, Bob);
        byte[] hash = SHA3_256.IsSupported ? SHA3_256.HashData([.. "dna-salted-v1"u8, .. salt, .. Encoding.UTF8.GetBytes(Alice + Bob)]) : [];
        if (hash.Length > 0) Assert.Equal(DnaKeys.SaltedOutbox(Convert.ToHexStringLower(hash)), place.Outbox);
        Assert.NotEqual(place.Outbox, OutboxPlace.Salted(salt, Bob, Alice).Outbox);
        Assert.NotEqual(place.Outbox, DnaKeys.Outbox(Alice, Bob));
        Assert.Equal(place.PartBase(5, 0) + ":3", place.PartBase(5, 3));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task PublishAsync(params MessengerSession[] sessions)
    {
        foreach (MessengerSession session in sessions) Assert.True((await session.PublishKeysAsync(Deadline)).IsSuccess);
    }

    /// <summary>What it takes: a message that is acknowledged, one with an offer, an answer, and a message to where it was offered.</summary>
    private async Task AgreeAsync(MessengerSession alice, MessengerSession bob)
    {
        await PublishAsync(alice, bob);
        for (int i = 0; i < 3; i++)
        {
            await SendAsync(alice, Bob, $"{i}");
            Assert.Equal([$"{i}"], await CheckAsync(bob, Alice));
            Assert.Empty(await CheckAsync(alice, Bob));
        }

        Assert.True((await PlaceAsync(1, Bob)).IsSalted);
        Assert.True((await PlaceAsync(2, Alice)).IsSalted);
    }

    private static async Task SendAsync(MessengerSession from, string to, string text) => Assert.True((await from.SendAsync(to, Encoding.UTF8.GetBytes(text), Deadline)).IsSuccess);

    private static async Task<string[]> CheckAsync(MessengerSession who, string sender)
    {
        CheckReport report = await who.CheckAsync([sender], InboxDepth.Full, Deadline);
        Assert.Empty(report.Unknown);
        Assert.True((await who.ConfirmAsync(report.Messages, Deadline)).IsSuccess);
        return [.. report.Messages.Select(message => Encoding.UTF8.GetString(message.Text.Span))];
    }

    private async Task<OutboxPlace> PlaceAsync(byte number, string contact)
    {
        using var folder = new StateFolder(Path.Combine(_folder, Users.Fast(number).Fingerprint), _time, notify: null);
        var book = new SaltBook(Users.Fast(number), folder, _time, notify: null);
        Assert.True(await book.OpenAsync(default));
        return book.ToContact(contact);
    }

    private async Task<IReadOnlyList<OutboxPlace>> PlacesFromAsync(byte number, string contact)
    {
        using var folder = new StateFolder(Path.Combine(_folder, Users.Fast(number).Fingerprint), _time, notify: null);
        var book = new SaltBook(Users.Fast(number), folder, _time, notify: null);
        Assert.True(await book.OpenAsync(default));
        return book.FromContact(contact, (ulong)_time.GetUtcNow().ToUnixTimeSeconds());
    }

    private async Task<MessengerSession> StartAsync(byte number, bool salted = true, string device = "")
    {
        var session = new MessengerSession(new SessionOptions { Suites = Users.Known, Time = _time, Directory = Path.Combine(_folder, device), HasSaltedKeys = salted, HasCaches = false });
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Fast(number), _network.Client(number))));
        return session;
    }
}
