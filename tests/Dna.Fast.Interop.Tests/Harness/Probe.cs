using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>A raw UDP peer in the test process: sends exactly what a test wants and shows exactly what comes back.</summary>
/// <remarks>It answers nothing by itself, except pings and finds when <see cref="IsAlive"/> says so.</remarks>
internal sealed class Probe : IAsyncDisposable
{
    private static readonly Stopwatch Clock = Stopwatch.StartNew();

    /// <summary>How long an answer over loopback may take on a busy machine.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(20);

    private const int AskAttempts = 4;

    /// <summary>How long we watch for something that must not come. Loopback answers within a millisecond.</summary>
    public static readonly TimeSpan SilenceTime = TimeSpan.FromMilliseconds(600);

    private readonly Socket _socket;
    private readonly Task _receiving;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _lock = new();
    private readonly List<Packet> _packets = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _transaction = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)) | 1;

    public Probe(IPAddress? address = null, InfoHash? id = null, uint network = 0)
    {
        address ??= IPAddress.Loopback;
        Id = id ?? new InfoHash(RandomNumberGenerator.GetBytes(20));
        Network = network;
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        _socket.Bind(new IPEndPoint(address, 0));
        _receiving = Task.Run(ReceiveAsync);
    }

    public InfoHash Id { get; }

    public uint Network { get; }

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>True: pings and finds are answered, so that the other side takes the probe for a good contact.</summary>
    public bool IsAlive { get; set; }

    /// <summary>True: it says that it is a client, and nobody takes it for a contact.</summary>
    public bool IsClient { get; init; }

    /// <summary>True: updates are answered as they come.</summary>
    public bool AnswersUpdates { get; set; }

    public byte[] IdBytes => Bytes(Id);

    public uint NextTransaction() => _transaction += 2;

    /// <summary>How many datagrams came so far: the place from which to wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _packets.Count;
        }
    }

    public static byte[] Bytes(InfoHash hash)
    {
        byte[] bytes = new byte[20];
        hash.CopyTo(bytes);
        return bytes;
    }

    public void Send(IPEndPoint to, byte[] datagram) => _socket.SendTo(datagram, to);

    /// <summary>Sends a query with these arguments besides the id.</summary>
    /// <returns>Its transaction id.</returns>
    public uint SendQuery(IPEndPoint to, string query, params (string Key, object? Value)[] arguments)
    {
        uint t = NextTransaction();
        Send(to, Query(t, query, arguments));
        return t;
    }

    /// <summary>The bytes of a query.</summary>
    public byte[] Query(uint t, string query, params (string Key, object? Value)[] arguments) => MsgPack.Write(new MsgMap(
        ("a", new MsgMap([("id", IdBytes), .. arguments.Select(argument => ((object)argument.Key, argument.Value))])),
        ("q", query), ("t", t), ("y", "q"), ("v", "RNG1"), ("n", Network == 0 ? null : Network), ("s", IsClient ? true : null)));

    /// <summary>Sends a query and waits for its reply or error. Repeats it: a busy machine may drop a datagram.</summary>
    public async Task<Packet> AskAsync(IPEndPoint to, string query, params (string Key, object? Value)[] arguments)
    {
        for (int attempt = 0; attempt < AskAttempts; attempt++)
        {
            int from = Count;
            uint t = SendQuery(to, query, arguments);
            if (await TryWaitAsync(from, packet => IsAnswer(packet, t), AnswerTime / AskAttempts) is { } answer) return answer;
        }

        throw new TimeoutException($"No answer to '{query}' from {to}.");
    }

    /// <summary>Sends a query and makes sure that nothing comes back.</summary>
    public async Task ExpectNoAnswerAsync(IPEndPoint to, byte[] datagram)
    {
        int from = Count;
        Send(to, datagram);
        Packet? packet = await TryWaitAsync(from, packet => packet.Kind is "r" or "e", SilenceTime);
        if (packet is not null) Assert.Fail($"An answer came to {Convert.ToHexStringLower(datagram)}: {packet}");
    }

    public static bool IsAnswer(Packet packet, uint t) => packet.Kind is "r" or "e" && packet.Transaction == t;

    /// <summary>The number of a datagram that came.</summary>
    public int NumberOf(Packet packet)
    {
        lock (_lock) return _packets.IndexOf(packet);
    }

    /// <summary>The datagrams from number <paramref name="from"/> on.</summary>
    public IReadOnlyList<Packet> Since(int from)
    {
        lock (_lock) return _packets.Skip(from).ToList();
    }

    /// <summary>Waits for a datagram.</summary>
    public async Task<Packet> WaitAsync(int from, Func<Packet, bool> matches, TimeSpan timeout, string what) =>
        await TryWaitAsync(from, matches, timeout)
        ?? throw new TimeoutException($"{what} did not come within {timeout.TotalSeconds:0.#} s. What came:\n{string.Join('\n', Since(from))}");

    /// <summary>Waits for a datagram at or after number <paramref name="from"/>; null when the time is over.</summary>
    public async Task<Packet?> TryWaitAsync(int from, Func<Packet, bool> matches, TimeSpan timeout)
    {
        using CancellationTokenSource deadline = new(timeout);
        int next = from;
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                for (; next < _packets.Count; next++)
                    if (matches(_packets[next])) return _packets[next];

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    /// <summary>Answers a query of the other side with <c>{id, sa}</c> and, if given, more.</summary>
    public void Reply(Packet query, params (string Key, object? Value)[] body) => Send(query.From, MsgPack.Write(new MsgMap(
        ("r", new MsgMap([("id", IdBytes), ("sa", query.From.Address.GetAddressBytes()), .. body.Select(entry => ((object)entry.Key, entry.Value))])),
        ("t", query.Transaction), ("y", "r"), ("v", "RNG1"), ("n", Network == 0 ? null : Network))));

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _socket.Dispose();
        await _receiving;
        _stopped.Dispose();
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[65_536];
        IPEndPoint any = new(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult got = await _socket.ReceiveFromAsync(buffer, any, _stopped.Token);
                Take(new Packet(buffer.AsSpan(0, got.ReceivedBytes).ToArray(), (IPEndPoint)got.RemoteEndPoint, Clock.Elapsed));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (_stopped.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void Take(Packet packet)
    {
        if (IsAlive && packet.Query == "ping") Reply(packet);
        if (IsAlive && packet.Query is "find" or "get") Reply(packet, ("token", new byte[] { 1, 2, 3, 4 }));
        if (AnswersUpdates && packet.Query == "update") Reply(packet);
        TaskCompletionSource changed;
        lock (_lock)
        {
            _packets.Add(packet);
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }
}
