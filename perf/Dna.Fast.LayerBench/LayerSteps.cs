using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia.Guard;
using Dna.Fast.Messenger;
using Dna.Fast.Tests.Shared;

namespace Dna.Fast.LayerBench;

/// <summary>One run of one step.</summary>
/// <param name="CpuMilliseconds">CPU time of the whole process meanwhile: all nodes, all clients.</param>
/// <param name="Parts">How often each cryptographic part was needed, and how long it took on all threads together, in milliseconds.</param>
internal sealed record StepRun(double Milliseconds, double CpuMilliseconds, IReadOnlyDictionary<CryptoPart, (int Count, double Milliseconds)> Parts);

/// <summary>The four steps of a user's day over real nodes on the loopback, with the original's algorithms: ML-DSA-87, Kyber1024, RSA-4096.</summary>
internal sealed class LayerSteps : IDisposable
{
    private const int OwnerBits = 4096;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly CryptoClock _clock = new();
    private readonly UserSuites _suites = new(RandomNumberGenerator.Fill);
    private readonly TimedSuite _suite;
    private readonly List<BenchClient> _clients = [];
    private readonly RsaIdentity[] _owners;
    private readonly LoopbackNode _first;
    private int _users;

    private LayerSteps(RsaIdentity[] owners)
    {
        _suite = new TimedSuite(_suites.Messenger, _clock);
        _owners = owners;
        // The first one is only a node: what everybody bootstraps from.
        _first = new LoopbackNode(null);
        _first.Node.RateLimits = RateLimits.Off;
        foreach (RsaIdentity owner in owners) _clients.Add(new BenchClient(owner, _first, new SuiteSet(_suite), _clock));
    }

    /// <summary>A network of one node and so many clients, of which the last one reads.</summary>
    /// <param name="clients">At least 2.</param>
    public static async Task<LayerSteps> StartAsync(int clients)
    {
        RsaIdentity[] owners = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => RsaIdentity.GenerateAsync(OwnerBits, CertificateForm.SelfSigned, TimeProvider.System))).ConfigureAwait(false);
        return new LayerSteps(owners);
    }

    private BenchClient Writer => _clients[0];

    private BenchClient Reader => _clients[^1];

    /// <summary>A new user registers a name that was never there.</summary>
    public async Task<(StepRun Run, string Name)> RegisterAsync()
    {
        TimedKeys user = NewUser();
        string name = $"user_{_users}";
        StepRun run = await MeasureAsync(async () => Good(await Writer.Keyserver.RegisterAsync(user, name, Deadline).ConfigureAwait(false))).ConfigureAwait(false);
        return (run, name);
    }

    /// <summary>Another client looks up a name for the first time.</summary>
    public Task<StepRun> LookupAsync(string name) => MeasureAsync(async () =>
    {
        Answer<PublicKeyEntry> found = await Reader.Keyserver.LookupAsync(name, Deadline).ConfigureAwait(false);
        if (!found.IsSuccess) throw new InvalidOperationException($"{name}: {found.Code}");
    });

    /// <summary>A message of 100 bytes to somebody who is away: sealed for both, put into the outbox. The first to a recipient, then the second.</summary>
    public async Task<(StepRun First, StepRun Next)> SendAsync()
    {
        TimedKeys from = NewUser(), to = NewUser();
        StepRun first = await MeasureAsync(() => SendAsync(Writer, from, to)).ConfigureAwait(false);
        return (first, await MeasureAsync(() => SendAsync(Writer, from, to)).ConfigureAwait(false));
    }

    /// <summary>A user looks what 50 contacts have sent, each one message, and opens them: first reading only, then reading and opening.</summary>
    public async Task<(StepRun Read, StepRun ReadAndOpen)> CheckAsync(int contacts)
    {
        TimedKeys user = NewUser();
        TimedKeys[] senders = [.. Enumerable.Range(0, contacts).Select(_ => NewUser())];
        for (int i = 0; i < contacts; i++) await SendAsync(_clients[i % (_clients.Count - 1)], senders[i], user).ConfigureAwait(false);
        string[] names = [.. senders.Select(sender => sender.Fingerprint)];
        StepRun read = await MeasureAsync(async () => await ReadAsync(user, names).ConfigureAwait(false)).ConfigureAwait(false);
        // As an application does it, which opens what has arrived while it still reads.
        var session = new MessengerSession(new SessionOptions { Suites = new SuiteSet(_suite), HasCaches = false });
        await using ConfiguredAsyncDisposable ends = session.ConfigureAwait(false);
        await session.StartAsync(new SessionUser(user, Reader.Node.Dht)).ConfigureAwait(false);
        StepRun both = await MeasureAsync(async () =>
        {
            CheckReport report = await session.CheckAsync(names, InboxDepth.Recent, Deadline).ConfigureAwait(false);
            if (report.Messages.Count != names.Length) throw new InvalidOperationException($"{report.Messages.Count} messages of {names.Length}");
        }).ConfigureAwait(false);
        return (read, both);
    }

    /// <summary>What each part costs by itself, in milliseconds: the median of so many.</summary>
    public IEnumerable<(string Part, double Milliseconds)> Units(int times)
    {
        using IIdentityKeys keys = NewKeys(), other = NewKeys();
        byte[] message = new byte[200], signature = new byte[keys.Suite.SignatureBytes], body = RandomNumberGenerator.GetBytes(20_000);
        byte[] envelope = keys.Seal([keys.EncryptionKey, other.EncryptionKey], message)!, owner = _owners[0].Sign(body);
        var verifier = new RsaVerifier();
        yield return ("ML-DSA-87, sign", Median(times, () => keys.Sign(message, signature)));
        yield return ("ML-DSA-87, verify", Median(times, () => keys.Suite.Verify(keys.SigningKey.Span, message, signature)));
        yield return ("envelope to two, seal", Median(times, () => keys.Seal([keys.EncryptionKey, other.EncryptionKey], message)));
        yield return ("envelope to two, open", Median(times, () => other.Open(envelope, out _, out _)));
        yield return ("RSA-4096, sign 20 KB", Median(times, () => _owners[0].Sign(body)));
        yield return ("RSA-4096, verify 20 KB", Median(times, () => verifier.Verify(_owners[0].PublicKey.Span, body, owner)));
    }

    public void Dispose()
    {
        foreach (BenchClient client in _clients) client.Dispose();
        _first.Dispose();
        foreach (RsaIdentity owner in _owners) owner.Dispose();
    }

    private static double Median(int times, Action work)
    {
        work();
        double[] all = new double[times];
        for (int i = 0; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            all[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(all);
        return all[times / 2];
    }

    private async Task<IReadOnlyList<OfflineMessage>> ReadAsync(TimedKeys user, string[] senders)
    {
        InboxReport report = await Reader.Inbox.RetrieveAsync(user.Fingerprint, senders, InboxDepth.Recent, Deadline).ConfigureAwait(false);
        if (report.Messages.Count != senders.Length) throw new InvalidOperationException($"{report.Messages.Count} messages of {senders.Length}");
        return report.Messages;
    }

    private static async Task SendAsync(BenchClient client, TimedKeys from, TimedKeys to)
    {
        byte[] envelope = from.Seal([from.EncryptionKey, to.EncryptionKey], Encoding.UTF8.GetBytes(new string('x', 100)))!;
        Good(await client.Queue.QueueAsync(from, to.Fingerprint, envelope, Deadline).ConfigureAwait(false));
    }

    private async Task<StepRun> MeasureAsync(Func<Task> step)
    {
        _clock.Reset();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await step().ConfigureAwait(false);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new StepRun(milliseconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, Enum.GetValues<CryptoPart>().ToDictionary(part => part, _clock.Of));
    }

    private TimedKeys NewUser()
    {
        _users++;
        return new TimedKeys(NewKeys(), _suite, _clock);
    }

    private IIdentityKeys NewKeys() => _suites.Messenger.FromSeeds(RandomNumberGenerator.GetBytes(MasterSeeds.Bytes), RandomNumberGenerator.GetBytes(MasterSeeds.Bytes));

    private static void Good(PutReport report)
    {
        if (!report.IsSuccess) throw new InvalidOperationException($"a put failed: {report.Code}");
    }
}
