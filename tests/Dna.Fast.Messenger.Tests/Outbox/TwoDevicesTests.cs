using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Outbox;

/// <summary>Two devices of one user, which are one owner, and one of which is always quicker.</summary>
public sealed class TwoDevicesTests : IDisposable
{
    private static readonly TimeSpan Deadline = TestClient.NoDeadline;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-devices-").FullName;

    private static string Alice => Users.Fast(1).Fingerprint;

    private static string Bob => Users.Fast(2).Fingerprint;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Pain_27_a_device_that_writes_between_reading_and_writing_loses_nothing_and_takes_nothing(int slotsTaken)
    {
        // A stranger who was first under the usual ids, which everybody knows.
        ulong[] ids = [1, DnaKeys.OwnerValueId(_network.Client(1).OwnerLongId)];
        foreach (ulong id in ids[..slotsTaken]) _network.Put(DnaKeys.Outbox(Alice, Bob), [9, 9], new NewSecureValue { Id = id, Type = 0x1001, Data = new byte[] { 9 } });
        await using MessengerSession laptop = await StartAsync("laptop"), phone = await StartAsync("phone");
        int races = 3;
        _network.BeforePut = key =>
        {
            if (key != DnaKeys.Outbox(Alice, Bob) || races-- <= 0) return;
            Action<Wire.InfoHash>? hook = _network.BeforePut;
            _network.BeforePut = null;
            Assert.True(QueueAsync(phone, [(byte)(10 + races)]).Result.IsSuccess);
            _network.BeforePut = hook;
        };
        Assert.True((await QueueAsync(laptop, [1])).IsSuccess);
        Assert.True((await QueueAsync(phone, [2])).IsSuccess);
        Assert.Equal(["01", "02", "0A", "0B", "0C"], await EnvelopesAsync());
    }

    [Fact]
    public async Task A_device_that_never_gets_its_turn_says_so_and_ends()
    {
        await using MessengerSession laptop = await StartAsync("laptop");
        FakeDht phone = _network.Client(1);
        var key = DnaKeys.Outbox(Alice, Bob);
        byte[] others = OutboxCodec.Write([]);
        bool isHere = false;
        _network.BeforePut = to =>
        {
            if (to != key || isHere) return;
            isHere = true;
            Assert.Equal(SecurePutStatus.Acknowledged, phone.PutSignedAsync(key, new NewSecureValue { Id = 1, Type = 0x1001, Data = others }, Deadline).Result.Status);
            isHere = false;
        };
        Assert.Equal(ResultCode.NetworkError, (await QueueAsync(laptop, [1])).Code);
        _network.BeforePut = null;
        Assert.Empty(await EnvelopesAsync());
    }

    [Fact]
    public async Task What_another_device_put_while_the_outbox_ran_full_pushes_nothing_out()
    {
        await using MessengerSession laptop = await StartAsync("laptop"), phone = await StartAsync("phone");
        byte[] mine = RandomNumberGenerator.GetBytes(40_000), theirs = RandomNumberGenerator.GetBytes(40_000);
        bool isFirst = true;
        _network.BeforePut = key =>
        {
            if (key != DnaKeys.Outbox(Alice, Bob) || !isFirst) return;
            isFirst = false;
            Assert.True(QueueAsync(phone, theirs).Result.IsSuccess);
        };
        Assert.True((await QueueAsync(laptop, mine)).IsSuccess);
        Assert.Equal(new[] { mine, theirs }.Select(Convert.ToHexString).Order(), await EnvelopesAsync());
    }

    [Fact]
    public async Task Buckets_of_two_devices_lie_beside_each_other()
    {
        await using MessengerSession laptop = await StartAsync("laptop"), phone = await StartAsync("phone");
        byte[][] sent = [.. Enumerable.Range(0, 40).Select(_ => RandomNumberGenerator.GetBytes(10_514))];
        for (int i = 0; i < sent.Length; i++)
        {
            Assert.True((await QueueAsync(i % 3 == 0 ? phone : laptop, sent[i])).IsSuccess);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(sent.Select(Convert.ToHexString).Order(), await EnvelopesAsync());
        // Neither wrote over the other: each has a slot, and of the owner's id there is one.
        IReadOnlyList<FakeSlot> slots = _network.At(DnaKeys.Chunk(ChunkBases.OutboxDay(Alice, Bob, DnaKeys.DayOf(laptop.Services.Network.Now)), 0));
        Assert.Equal(2, slots.Count);
        Assert.Single(slots, slot => slot.Id == laptop.Services.Network.OwnerValueId);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<PutReport> QueueAsync(MessengerSession session, byte[] envelope) => session.Services.Queue.QueueAsync(session.User.Keys, Bob, envelope, Deadline);

    private async Task<string[]> EnvelopesAsync()
    {
        var bob = new TestClient(_network, Users.Fast(2), owner: 2, _time);
        InboxReport report = await bob.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline);
        Assert.Empty(report.Unknown);
        return [.. report.Messages.Select(message => Convert.ToHexString(message.Envelope.Span)).Order()];
    }

    private async Task<MessengerSession> StartAsync(string device)
    {
        var session = new MessengerSession(new SessionOptions { Suites = Users.Known, Time = _time, Directory = Path.Combine(_folder, device) });
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Fast(1), _network.Client(1))));
        return session;
    }
}
