using System.Net;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Sessions;

/// <summary>A session says where its user is for as long as it runs.</summary>
public sealed class SessionPresenceTests
{
    private static readonly IPEndPoint At = new(IPAddress.Parse("192.0.2.7"), 4100);

    private readonly FakeNetwork _network = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();

    private int Said => _network.At(DnaKeys.Presence(Users.Fast(1).SigningKey.Span)).Sum(slot => slot.Versions.Count);

    [Fact]
    public async Task A_presence_is_signed_said_again_in_time_and_ends_with_the_session()
    {
        var session = new MessengerSession(Options(At));
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Fast(1), _network.Client(1))));
        await UntilAsync(() => Said == 1);
        for (int i = 1; i <= 3; i++)
        {
            int before = Said;
            await UntilAsync(() =>
            {
                _time.Advance(TimeSpan.FromSeconds(5));
                return Said > before;
            });
            Presence where = (await session.Services.Presences.FindAsync(Users.Fast(1).SigningKey, Freshness.Fresh, TestClient.NoDeadline)).Value!;
            Assert.Equal(("192.0.2.7", 4100, true), (where.Ip, where.Port, where.IsSigned));
            Assert.True(where.IsOnlineAt((ulong)_time.GetUtcNow().ToUnixTimeSeconds()));
        }

        Assert.True(await session.StopAsync(TestClient.NoDeadline));
        int said = Said;
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(said, Said);
    }

    [Fact]
    public async Task Without_the_option_nothing_is_said()
    {
        await using var session = new MessengerSession(Options(null));
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Fast(1), _network.Client(1))));
        Assert.True((await session.PublishKeysAsync(TestClient.NoDeadline)).IsSuccess);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(await session.StopAsync(TestClient.NoDeadline));
        Assert.Equal(0, Said);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (long start = Environment.TickCount64; !isSo(); await Task.Delay(1)) Assert.True(Environment.TickCount64 - start < 60_000, "A minute was over first.");
    }

    private SessionOptions Options(IPEndPoint? presence) => new() { Suites = Users.Known, Time = _time, Presence = presence };
}
