using System.Text;
using Dna.Fast.Tests.Shared;

namespace Dna.Fast.Messenger.Tests.Network;

/// <summary>Two devices of one user, which are one owner, and a receiver that listens, over three real nodes.</summary>
public sealed class DevicesLoopbackTests(OwnerKeys owners) : IClassFixture<OwnerKeys>, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("dna-loopback-").FullName;

    [Fact]
    public async Task Pain_27_two_devices_that_send_at_the_same_time_lose_nothing_and_a_listener_gets_each_once()
    {
        using var first = new LoopbackNode(owners.Identities[0]);
        using var second = new LoopbackNode(owners.Identities[2], first);
        using var third = new LoopbackNode(owners.Identities[2], first);
        await using MessengerSession laptop = await StartAsync("laptop", 1, second), phone = await StartAsync("phone", 1, third), bob = await StartAsync("bob", 2, first);
        Assert.Equal(ResultCode.Success, await laptop.WhenReadyAsync(Deadline));
        Assert.Equal(ResultCode.Success, await phone.WhenReadyAsync(Deadline));
        Assert.True((await bob.PublishKeysAsync(Deadline)).IsSuccess);
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        Task<List<string>> heard = HearAsync(bob, laptop.User.Keys.Fingerprint, 12, bound.Token);
        Task<string[]>[] sending = [SendAsync(laptop, "laptop", bob), SendAsync(phone, "phone", bob)];
        string[] sent = [.. (await Task.WhenAll(sending)).SelectMany(texts => texts)];
        Assert.Equal(sent.Order(), (await heard).Order());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string[]> SendAsync(MessengerSession device, string name, MessengerSession to)
    {
        string[] texts = [.. Enumerable.Range(0, 6).Select(i => $"{name} {i}")];
        foreach (string text in texts)
        {
            byte[] envelope = device.User.Keys.Seal([device.User.Keys.EncryptionKey, to.User.Keys.EncryptionKey], Encoding.UTF8.GetBytes(text))!;
            PutReport report;
            // A device that does not get its turn in eight tries is told so, and queues the same envelope again.
            int attempt = 0;
            do report = await device.Services.Queue.QueueAsync(device.User.Keys, to.User.Keys.Fingerprint, envelope, Deadline);
            while (!report.IsSuccess && ++attempt < 10);
            Assert.Equal(ResultCode.Success, report.Code);
        }

        return texts;
    }

    private static async Task<List<string>> HearAsync(MessengerSession bob, string from, int count, CancellationToken cancellation)
    {
        var options = new ReceiveOptions { Senders = [from], SweepPeriod = TimeSpan.FromSeconds(10) };
        var texts = new List<string>();
        await foreach (ReceivedMessage message in bob.ReceiveAsync(options, cancellation))
        {
            texts.Add(Encoding.UTF8.GetString(message.Text.Span));
            if (texts.Count == count) break;
        }

        return texts;
    }

    private async Task<MessengerSession> StartAsync(string device, byte number, LoopbackNode node)
    {
        var session = new MessengerSession(new SessionOptions { Suites = Users.Known, Directory = Path.Combine(_folder, device) });
        Assert.Equal(ResultCode.Success, await session.StartAsync(new SessionUser(Users.Fast(number), node.Dht)));
        return session;
    }
}
