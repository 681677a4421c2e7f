using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Sessions;

public sealed class SessionStopTests : IDisposable
{
    private static readonly TimeSpan Deadline = TestClient.NoDeadline;

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();
    private readonly string _folder = Directory.CreateTempSubdirectory("dna-stop-").FullName;

    [Fact]
    public async Task A_stop_waits_a_moment_only_for_what_an_earlier_run_left()
    {
        string alice = Users.Fast(1).Fingerprint, bob = Users.Fast(2).Fingerprint;
        await using (MessengerSession died = await StartAsync())
        {
            _network.BeforePut = _ => throw new OperationCanceledException();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => died.Services.Queue.QueueAsync(died.User.Keys, bob, new byte[] { 1 }, Deadline));
            _network.BeforePut = null;
        }

        // Something that takes as long as it likes: another process has the outbox.
        using var turns = new FileTurns(Path.Combine(_folder, alice), _time);
        FileTurn? other = await turns.EnterAsync("outbox-" + bob, new Deadline(_time, Deadline), default);
        MessengerSession session = await StartAsync();
        Assert.False(session.Resumed.IsCompleted);
        Task<bool> stopping = session.StopAsync(MessengerSession.StopBound);
        Assert.False(stopping.IsCompleted);
        // Less than the bound. The stop itself asks the clock too, so it may begin to wait after the first step.
        for (int i = 0; i < 4 && !stopping.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2.25));
            await Task.WhenAny(stopping, Task.Delay(TimeSpan.FromSeconds(1)));
        }

        Assert.True(await stopping.WaitAsync(TimeSpan.FromMinutes(1)));
        other!.Dispose();
        await using MessengerSession again = await StartAsync();
        await again.Resumed.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.NotEmpty(_network.At(DnaKeys.Outbox(alice, bob)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<MessengerSession> StartAsync()
    {
        var session = new MessengerSession(new SessionOptions { Suites = Users.Known, Time = _time, Directory = _folder });
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Fast(1), _network.Client(1))));
        return session;
    }
}
