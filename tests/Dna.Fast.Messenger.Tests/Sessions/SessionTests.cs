using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Sessions;

public sealed class SessionTests
{
    private static readonly TimeSpan Deadline = TestClient.Deadline;

    private static string Bob => Users.Fast(2).Fingerprint;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();

    [Fact]
    public async Task Two_users_publish_their_keys_and_send_each_other_messages()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        Assert.True((await alice.PublishKeysAsync(Deadline)).IsSuccess);
        Assert.True((await bob.PublishKeysAsync(Deadline)).IsSuccess);
        Assert.True((await alice.SendAsync(bob.User.Keys.Fingerprint, "Hello, Bob"u8.ToArray(), Deadline)).IsSuccess);
        CheckReport report = await bob.CheckAsync([alice.User.Keys.Fingerprint], InboxDepth.Full, Deadline);
        ReceivedMessage message = Assert.Single(report.Messages);
        Assert.Equal(("Hello, Bob", alice.User.Keys.Fingerprint), (Encoding.UTF8.GetString(message.Text.Span), message.Sender));
        Assert.True((await bob.ConfirmAsync(report.Messages, Deadline)).IsSuccess);
        Assert.Empty((await bob.CheckAsync([alice.User.Keys.Fingerprint], InboxDepth.Full, Deadline)).Messages);
    }

    [Fact]
    public async Task A_check_of_many_senders_gives_each_ones_messages_in_their_order_and_names_who_is_not_known()
    {
        await using MessengerSession bob = await StartAsync(2);
        Assert.True((await bob.PublishKeysAsync(Deadline)).IsSuccess);
        // More than are read at a time, the ninth with more messages than an outbox holds.
        byte[] numbers = [.. Enumerable.Range(3, 20).Select(number => (byte)number)];
        foreach (byte number in numbers)
        {
            await using MessengerSession sender = await StartAsync(number);
            for (int i = 0; i < (number == 9 ? 12 : 2); i++) Assert.True((await sender.SendAsync(Bob, new[] { number, (byte)i }, Deadline)).IsSuccess);
        }

        _network.UnreachableKeys.Add(DnaKeys.Outbox(Users.Fast(5).Fingerprint, Bob));
        CheckReport report = await bob.CheckAsync([.. numbers.Select(number => Users.Fast(number).Fingerprint)], InboxDepth.Full, Deadline);
        Assert.Equal([Users.Fast(5).Fingerprint], report.Unknown);
        Assert.Equal(0, report.Refused);
        IEnumerable<string> sent = numbers.Where(number => number != 5).SelectMany(number => Enumerable.Range(0, number == 9 ? 12 : 2).Select(i => $"{number}:{i}"));
        Assert.Equal(sent, report.Messages.Select(message => $"{message.Text.Span[0]}:{message.Text.Span[1]}"));
    }

    [Fact]
    public async Task Before_the_start_and_after_the_stop_calls_say_so_and_send_nothing()
    {
        await using var session = new MessengerSession(Options());
        Assert.Equal(ResultCode.NotInitialized, (await session.PublishKeysAsync(Deadline)).Code);
        Assert.Throws<InvalidOperationException>(() => session.Services);
        SessionUser user = User(1);
        Assert.Equal(ResultCode.Success, await session.StartAsync(user));
        Assert.Equal(ResultCode.AlreadyExists, await session.StartAsync(user));
        MessengerServices services = session.Services;
        Assert.True((await session.PublishKeysAsync(Deadline)).IsSuccess);
        int puts = _network.Puts;
        Assert.Equal(3, ((FakeDht)user.Dht).Announced);
        Assert.True(await session.StopAsync(Deadline));
        Assert.True(await session.StopAsync(Deadline));
        Assert.Equal(0, ((FakeDht)user.Dht).Announced);
        Assert.Equal(ResultCode.NotInitialized, (await session.SendAsync(user.Keys.Fingerprint, "x"u8.ToArray(), Deadline)).Code);
        Assert.Equal(ResultCode.NotInitialized, (await services.Keyserver.PublishAsync(user.Keys, null, Deadline)).Code);
        Assert.Equal(ResultCode.NotInitialized, (await services.Keyserver.LookupAsync(user.Keys.Fingerprint, Deadline)).Code);
        Assert.Equal(puts, _network.Puts);
    }

    [Fact]
    public async Task Another_user_goes_on_in_the_same_session()
    {
        await using MessengerSession session = await StartAsync(1);
        MessengerServices before = session.Services;
        Assert.True((await session.PublishKeysAsync(Deadline)).IsSuccess);
        Assert.Equal(ResultCode.Success, await session.SwitchAsync(User(2), Deadline));
        Assert.Equal(Users.Fast(2).Fingerprint, session.User.Keys.Fingerprint);
        Assert.True((await session.PublishKeysAsync(Deadline)).IsSuccess);
        Assert.Equal(ResultCode.NotInitialized, (await before.Profiles.LoadAsync(Users.Fast(1).Fingerprint, Deadline)).Code);
        foreach (byte number in (byte[])[1, 2])
            Assert.Equal(Users.Fast(number).Fingerprint, (await session.Services.Keyserver.LookupAsync(Users.Fast(number).Fingerprint, Deadline)).Value?.Fingerprint);
    }

    [Fact]
    public async Task Readiness_is_the_first_answer_and_not_a_time()
    {
        await using MessengerSession session = await StartAsync(1);
        Assert.Equal(ResultCode.Success, await session.WhenReadyAsync(Deadline));
        _network.IsUnreachable = true;
        Task<ResultCode> ready = session.WhenReadyAsync(TestClient.NoDeadline);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(ready.IsCompleted);
        _network.IsUnreachable = false;
        await TestClient.PassTimeUntilAsync(ready, _time);
        Assert.Equal(ResultCode.Success, await ready);
        _network.IsUnreachable = true;
        Task<ResultCode> never = session.WhenReadyAsync(Deadline);
        await TestClient.PassTimeUntilAsync(never, _time);
        Assert.Equal(ResultCode.NetworkError, await never);
    }

    [Fact]
    public async Task Keys_are_published_under_the_name_that_is_there_already()
    {
        await using MessengerSession session = await StartAsync(1);
        Assert.True((await session.Services.Keyserver.RegisterAsync(session.User.Keys, "alice_1", Deadline)).IsSuccess);
        Assert.True((await session.PublishKeysAsync(Deadline)).IsSuccess);
        PublicKeyEntry entry = (await session.Services.Keyserver.LookupAsync("alice_1", Deadline)).Value!;
        Assert.Equal(("alice_1", 1U), (entry.Identity, entry.Version));
    }

    [Fact]
    public async Task Pain_35_nothing_is_published_while_the_profile_with_the_name_cannot_be_read()
    {
        await using MessengerSession session = await StartAsync(1);
        IUserKeys keys = session.User.Keys;
        // An old client: a profile with a name, and no entry of the keys.
        Assert.True((await session.Services.Profiles.UpdateAsync(keys, Named, Deadline)).IsSuccess);
        int puts = _network.Puts;
        _network.UnreachableKeys.Add(DnaKeys.Profile(keys.Fingerprint));
        Assert.Equal(ResultCode.NetworkError, (await session.PublishKeysAsync(Deadline)).Code);
        _network.UnreachableKeys.Add(DnaKeys.PublicKeys(keys.Fingerprint));
        Assert.Equal(ResultCode.NetworkError, (await session.PublishKeysAsync(Deadline)).Code);
        Assert.Equal(puts, _network.Puts);
        _network.UnreachableKeys.Clear();
        Assert.True((await session.PublishKeysAsync(Deadline)).IsSuccess);
        Assert.Equal("alice_1", (await session.Services.Keyserver.LookupAsync(keys.Fingerprint, Deadline)).Value?.Identity);

        Profile Named(Profile profile) =>
            profile with { Name = new RegisteredName("alice_1", session.Services.Network.Now, session.Services.Network.Now + 1000, "FREE_REGISTRATION", "DNA_NETWORK", 1) };
    }

    [Fact]
    public async Task What_is_not_by_its_sender_is_refused_and_told()
    {
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2), thief = await StartAsync(3);
        string from = alice.User.Keys.Fingerprint, to = bob.User.Keys.Fingerprint;
        ulong now = bob.Services.Network.Now;
        OfflineMessage forged = new(now, now + 1000, from, to, thief.User.Keys.Seal([bob.User.Keys.EncryptionKey], "I am Alice"u8));
        OfflineMessage foreign = new(now, now + 1000, from, to, alice.User.Keys.Seal([thief.User.Keys.EncryptionKey], "not for Bob"u8));
        _network.PutUnsigned(DnaKeys.Outbox(from, to), OutboxCodec.Write([forged, foreign]));
        for (int i = 0; i < 2; i++)
        {
            CheckReport report = await bob.CheckAsync([from], InboxDepth.Recent, Deadline);
            Assert.Empty(report.Messages);
            Assert.Equal(2, report.Refused);
        }
    }

    private SessionOptions Options() => new() { Suites = Users.Known, Time = _time };

    private SessionUser User(byte number) => new(Users.Fast(number), _network.Client(number));

    private async Task<MessengerSession> StartAsync(byte number)
    {
        var session = new MessengerSession(Options());
        Assert.Equal(ResultCode.Success, await session.StartAsync(User(number)));
        return session;
    }
}
