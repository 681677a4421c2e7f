using System.Security.Cryptography;
using Dna.Fast.Kademlia;
using Dna.Fast.Messenger.Tests.Fakes;
using Dna.Fast.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Sessions;

/// <summary>What becomes of messages whose put ended without an answer.</summary>
public sealed class UnsentMessagesTests : IDisposable
{
    private static readonly TimeSpan Deadline = TestClient.Deadline;

    // What a short text of the messenger suite for two readers comes to.
    private const int UsualBytes = 10_514;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-unsent-").FullName;

    private static string Alice => Users.Fast(1).Fingerprint;

    private static string Bob => Users.Fast(2).Fingerprint;

    [Fact]
    public async Task Pain_27_a_part_whose_writing_ended_in_between_is_whole_again_within_the_session()
    {
        byte[][] sent = [.. Enumerable.Range(0, 14).Select(_ => RandomNumberGenerator.GetBytes(UsualBytes))];
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        foreach (byte[] envelope in sent[..13]) Assert.True((await QueueAsync(alice, envelope)).IsSuccess);
        string part = ChunkBases.OutboxDay(Alice, Bob, DnaKeys.DayOf(alice.Services.Network.Now));
        InfoHash first = DnaKeys.Chunk(part, 0);
        await using IAsyncEnumerator<SecureListenEvent> changes = _network.Client(2).ListenAsync(first, default).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await changes.MoveNextAsync());
        _network.UnreachablePuts.Add(first);
        Assert.False((await QueueAsync(alice, sent[13])).IsSuccess);
        Assert.Equal(ResultCode.SerializationFailed, (await bob.Services.Chunks.ReadAsync(part, OutboxLimits.PartBytesMax, null, new Deadline(_time, Deadline), default, tries: 1)).Code);
        _network.UnreachablePuts.Remove(first);
        Task<bool> changed = changes.MoveNextAsync().AsTask();
        await TestClient.PassTimeUntilAsync(changed, _time);
        InboxReport read = await bob.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline);
        Assert.Equal(sent[..13], read.Messages.Take(13).Select(message => message.Envelope.ToArray()));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(8, true)]
    [InlineData(8, false)]
    public async Task Pain_28_a_message_that_may_have_arrived_is_kept_and_arrives_once(int before, bool hasArrived)
    {
        byte[][] sent = [.. Enumerable.Range(0, before + 1).Select(_ => RandomNumberGenerator.GetBytes(UsualBytes))];
        await using MessengerSession alice = await StartAsync(1), bob = await StartAsync(2);
        foreach (byte[] envelope in sent[..before]) Assert.True((await QueueAsync(alice, envelope)).IsSuccess);
        InfoHash at = before == 0 ? DnaKeys.Outbox(Alice, Bob) : DnaKeys.Chunk(ChunkBases.OutboxDay(Alice, Bob, DnaKeys.DayOf(alice.Services.Network.Now)), 0);
        int versions = Versions();
        _network.IsPutAnswerLate = hasArrived;
        if (!hasArrived) _network.UnreachablePuts.Add(at);
        PutReport report = await QueueAsync(alice, sent[before]);
        Assert.Equal((hasArrived ? ResultCode.Timeout : ResultCode.NetworkError, true), (report.Code, report.IsPending));
        Assert.Equal(hasArrived ? versions + 1 : versions, Versions());
        _network.IsPutAnswerLate = false;
        _network.UnreachablePuts.Clear();
        // It is put again by itself.
        await using IAsyncEnumerator<SecureListenEvent> changes = _network.Client(2).ListenAsync(at, default).GetAsyncEnumerator(CancellationToken.None);
        if (Versions() > 0) Assert.True(await changes.MoveNextAsync());
        await TestClient.PassTimeUntilAsync(changes.MoveNextAsync().AsTask(), _time);
        InboxReport read = await bob.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline);
        Assert.Equal(sent, read.Messages.Select(message => message.Envelope.ToArray()));
        // Whoever repeats the same envelope is told of it, and adds nothing.
        Assert.True((await QueueAsync(alice, sent[before])).IsSuccess);
        Assert.Equal(sent.Length, (await bob.Services.Inbox.RetrieveAsync(Bob, [Alice], InboxDepth.Full, Deadline)).Messages.Count);

        int Versions() => _network.At(at).Sum(slot => slot.Versions.Count);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<PutReport> QueueAsync(MessengerSession session, byte[] envelope) =>
        session.Services.Queue.QueueAsync(session.User.Keys, Bob, envelope, TestClient.NoDeadline);

    private async Task<MessengerSession> StartAsync(byte number)
    {
        var session = new MessengerSession(new SessionOptions { Suites = Users.Known, Time = _time, Directory = _folder, HasCaches = false });
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Fast(number), _network.Client(number))));
        return session;
    }
}
