using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Direct;

/// <summary>Two users over a network in memory, and real sockets between them on the loopback address. Time stands still unless a test moves it: no limit ends anything by itself.</summary>
internal sealed class DirectBench : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TestClient.NoDeadline, Bound = TimeSpan.FromSeconds(60);

    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    private readonly List<MessengerSession> _sessions = [];

    public FakeNetwork Network { get; } = new();

    public FakeTimeProvider Time { get; } = TestClient.Clock();

    public static string Alice => Users.Fast(1).Fingerprint;

    public static string Bob => Users.Fast(2).Fingerprint;

    /// <summary>A session of a user whose keys are published.</summary>
    /// <param name="direct">Null: off.</param>
    public async Task<MessengerSession> StartAsync(byte number, DirectOptions? direct)
    {
        var session = new MessengerSession(new SessionOptions { Suites = Users.Known, Time = Time, Direct = direct });
        _sessions.Add(session);
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Fast(number), Network.Client(number))));
        Assert.True((await session.PublishKeysAsync(Deadline)).IsSuccess);
        return session;
    }

    /// <summary>Alice, who sends directly.</summary>
    public Task<MessengerSession> AliceAsync() => StartAsync(1, new DirectOptions());

    /// <summary>Bob, who takes messages directly and whose presence says where.</summary>
    public async Task<MessengerSession> BobAsync()
    {
        MessengerSession bob = await StartAsync(2, new DirectOptions { Listen = Anywhere });
        await UntilAsync(() => Network.At(DnaKeys.Presence(Users.Fast(2).SigningKey.Span)).Count > 0);
        return bob;
    }

    /// <summary>Has Bob's presence, signed or not, name an address.</summary>
    public async Task BobIsAtAsync(IPEndPoint at, bool isSigned = true)
    {
        var bob = new TestClient(Network, Users.Fast(2), owner: 2, Time);
        if (isSigned) Assert.True((await bob.Presences.PublishAsync(bob.Keys, at.Address, (ushort)at.Port, Deadline)).IsSuccess);
        else Network.PutUnsigned(DnaKeys.Presence(Users.Fast(2).SigningKey.Span), PresenceCodec.WriteUnsigned(new Presence(at.Address.ToString(), (ushort)at.Port, bob.Network.Now, false)));
        bob.Network.Dispose();
    }

    public static Task<SendReport> SendAsync(MessengerSession alice, string text) => alice.SendAsync(Bob, Encoding.UTF8.GetBytes(text), Deadline);

    /// <summary>What lies in Alice's outbox for Bob.</summary>
    public bool IsQueued => Network.At(DnaKeys.Outbox(Alice, Bob)).Count > 0;

    public static async Task<Socket> ConnectAsync(MessengerSession bob)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(bob.TakesAt!).WaitAsync(Bound);
        return socket;
    }

    /// <summary>All that comes until the other closes; empty when it broke the connection.</summary>
    public static async Task<byte[]> ReadAllAsync(Socket socket)
    {
        byte[] room = new byte[64 * 1024];
        int length = 0;
        try
        {
            while (await socket.ReceiveAsync(room.AsMemory(length)).AsTask().WaitAsync(Bound) is > 0 and var came) length += came;
        }
        catch (SocketException)
        {
            return [];
        }

        return room[..length];
    }

    /// <summary>Waits for something itself.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        for (long start = Environment.TickCount64; !isSo(); await Task.Delay(1)) Assert.True(Environment.TickCount64 - start < 60_000, "A minute was over first.");
    }

    /// <summary>Lets time pass until something is so.</summary>
    /// <param name="step">What passes between two looks; null: a tenth of a second.</param>
    public Task PassUntilAsync(Func<bool> isSo, TimeSpan? step = null) => UntilAsync(() =>
    {
        Time.Advance(step ?? TimeSpan.FromMilliseconds(100));
        return isSo();
    });

    public async ValueTask DisposeAsync()
    {
        foreach (MessengerSession session in _sessions) await session.StopAsync(TimeSpan.Zero).WaitAsync(Bound);
    }
}

/// <summary>Collects what a session receives.</summary>
internal sealed class Heard : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentQueue<string> _texts = new();
    private readonly Task _running;

    public Heard(MessengerSession session, params string[] senders) => _running = RunAsync(session, senders);

    public string[] Texts => [.. _texts];

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _running.WaitAsync(DirectBench.Bound);
        _ended.Dispose();
    }

    private async Task RunAsync(MessengerSession session, string[] senders)
    {
        try
        {
            await foreach (ReceivedMessage message in session.ReceiveAsync(new ReceiveOptions { Senders = senders }, _ended.Token)) _texts.Enqueue(Encoding.UTF8.GetString(message.Text.Span));
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
