using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>How a stock node is started.</summary>
internal sealed record DhtNodeOptions
{
    /// <summary><c>HOST:PORT</c>, <c>[::1]:PORT</c>, or null for the first node of a network.</summary>
    public string? Bootstrap { get; init; }

    public uint Network { get; init; }

    public StockIdentity? Identity { get; init; }

    /// <summary>Base name of identity files: <c>X.pem</c>, <c>X.crt</c>.</summary>
    public string? IdentityFiles { get; init; }

    /// <summary>Makes an identity and leaves it in files of this base name.</summary>
    public string? SaveIdentity { get; init; }

    /// <summary>Of the private key's file.</summary>
    public string? Password { get; init; }

    /// <summary>0: any free port.</summary>
    public int Port { get; init; }

    public string? StateFile { get; init; }

    /// <summary><c>-D</c>.</summary>
    public bool Discovers { get; init; }

    /// <summary><c>HOST:PORT</c> of a REST proxy: it is no node then, and does everything through that.</summary>
    public string? ProxyClient { get; init; }

    /// <summary>With a proxy: asks to be told of changes by push notifications to this key, and opens no streams.</summary>
    public string? PushKey { get; init; }

    /// <summary>Serves a REST proxy on this port; 0: none.</summary>
    public int ProxyServer { get; init; }

    /// <summary>Words in front of the command: another network namespace.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];
}

/// <summary>Debian's <c>dhtnode</c> 2.4.12, driven over its command line (wire specification, section 9.2).</summary>
internal sealed partial class DhtNodeProcess : IAsyncDisposable
{
    private const string Install = "The interoperability tests need the real thing: apt-get install dhtnode";
    private readonly ChildProcess _process;
    private readonly SemaphoreSlim _turn = new(1);
    private int _marks;

    private DhtNodeProcess(ChildProcess process, InfoHash id, int port)
    {
        _process = process;
        Id = id;
        Port = port;
    }

    public InfoHash Id { get; }

    public int Port { get; }

    public IPEndPoint Address => new(IPAddress.Loopback, Port);

    public IPEndPoint Address6 => new(IPAddress.IPv6Loopback, Port);

    /// <summary>Key id of its identity; zero without one.</summary>
    public InfoHash KeyId { get; private set; }

    public OutputLog Output => _process.Output;

    public bool HasExited => _process.HasExited;

    public static async Task<DhtNodeProcess> StartAsync(DhtNodeOptions? options = null)
    {
        options ??= new DhtNodeOptions();
        List<string> arguments = [.. options.Prefix, "dhtnode", "-p", options.Port.ToString(CultureInfo.InvariantCulture)];
        if (options.Bootstrap is { } bootstrap) arguments.AddRange(["-b", bootstrap]);
        if (options.Network != 0) arguments.AddRange(["-n", options.Network.ToString(CultureInfo.InvariantCulture)]);
        if (options.StateFile is { } file) arguments.AddRange(["-f", file]);
        if (options.Discovers) arguments.Add("-D");
        if (options.ProxyClient is { } proxy) arguments.AddRange(["--proxyclient", proxy]);
        if (options.PushKey is { } push) arguments.AddRange(["--devicekey", push]);
        if (options.ProxyServer != 0) arguments.AddRange(["--proxyserver", options.ProxyServer.ToString(CultureInfo.InvariantCulture)]);
        if (options.Identity is { } identity) arguments.AddRange(["-i", "--certificate", identity.CertificateFile, "--privkey", identity.KeyFile]);
        if (options.IdentityFiles is { } files) arguments.AddRange(["-i", "--certificate", files + ".crt", "--privkey", files + ".pem"]);
        if (options.SaveIdentity is { } save) arguments.AddRange(["-i", "--save-identity", save]);
        if (options.Password is { } password) arguments.AddRange(["--privkey-password", password]);

        ChildProcess process = ChildProcess.Start(arguments[0], arguments.Skip(1), Install);
        (int Number, string Line)? started = await process.Output.WaitAsync(0, line => StartedLine().IsMatch(line), TimeSpan.FromSeconds(30));
        if (started is null)
        {
            string tail = process.Output.Tail() + process.Errors.Tail();
            await process.DisposeAsync();
            throw new InvalidOperationException("dhtnode said nothing of being started:\n" + tail);
        }

        Match match = StartedLine().Match(started.Value.Line);
        InfoHash id = InfoHash.OfKey(match.Groups[1].Value);
        DhtNodeProcess node = new(process, id, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        if ((options.Identity ?? (object?)options.IdentityFiles ?? options.SaveIdentity) is not null)
        {
            string line = await node.ExpectAsync(0, "Public key ID ", TimeSpan.FromSeconds(60));
            node.KeyId = InfoHash.OfKey(line.Split(' ')[^1]);
        }

        return node;
    }

    /// <summary><c>p</c>, or <c>pp</c> for a permanent value: true and the value id when peers acknowledged.</summary>
    public async Task<(bool Done, ulong Id)> PutAsync(string key, string word, bool permanent = false)
    {
        string line = await CommandAsync($"{(permanent ? "pp" : "p")} {key} {word}", "Put: ", TimeSpan.FromSeconds(60));
        Match match = PutLine().Match(line);
        return (match.Groups[1].Value == "success", ulong.Parse(match.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    /// <summary><c>s</c>: true when peers acknowledged.</summary>
    public async Task<bool> PutSignedAsync(string key, string word) =>
        (await CommandAsync($"s {key} {word}", "Put signed: ", TimeSpan.FromSeconds(60))).Contains("success", StringComparison.Ordinal);

    /// <summary><c>e</c>: true when peers acknowledged.</summary>
    public async Task<bool> PutEncryptedAsync(string key, InfoHash recipient, string word) =>
        (await CommandAsync($"e {key} {recipient} {word}", "Put encrypted: ", TimeSpan.FromSeconds(60))).Contains("success", StringComparison.Ordinal);

    /// <summary><c>cpp</c>: ends a permanent put.</summary>
    public Task CancelPutAsync(string key, ulong id) => TextAsync($"cpp {key} {id:x}");

    /// <summary><c>g</c>: the lines that describe values (<c>Value[id:...]</c>).</summary>
    public async Task<IReadOnlyList<string>> GetAsync(string key, string where = "") => await ListAsync($"g {key} {where}".TrimEnd(), "Get: ", "Value[");

    /// <summary><c>q</c>: the lines of field indices (<c>Index[...]</c>).</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string key, string selection) => await ListAsync($"q {key} {selection}", "Query: ", "Index[");

    /// <summary><c>l</c>: listens from now on. What it hears is in <see cref="Output"/> after the returned line number.</summary>
    public async Task<int> ListenAsync(string key, string where = "")
    {
        int from = Output.Count;
        await CommandAsync($"l {key} {where}".TrimEnd(), "Listening, token: ", TimeSpan.FromSeconds(30));
        return from;
    }

    /// <summary><c>lr</c>: the routing tables.</summary>
    public Task<IReadOnlyList<string>> LookupRoutingAsync() => TextAsync("lr");

    /// <summary>Says a command whose answer comes by itself, into the midst of others: nothing else must be said until it is there.</summary>
    public void Say(string command) => _process.WriteLine(command);

    /// <summary><c>ls</c>: the searches, of one key when it is given.</summary>
    public Task<IReadOnlyList<string>> SearchesAsync(string key = "") => TextAsync($"ls {key}".TrimEnd());

    /// <summary><c>ld</c>: listeners and values stored under a key; zeros when the key is not stored.</summary>
    public async Task<(int Listeners, int Values, long Bytes)> StorageAsync(InfoHash key)
    {
        foreach (string line in await TextAsync("ld"))
        {
            Match match = StorageLine().Match(line);
            if (match.Success && match.Groups[1].Value == key.ToString())
                return (Number(match, 2), Number(match, 3), Number(match, 4));
        }

        return default;

        static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>True when its routing table shows the node with this id as good.</summary>
    public async Task<bool> KnowsAsGoodAsync(InfoHash id)
    {
        string wanted = id.ToString();
        return (await LookupRoutingAsync()).Any(line => line.Contains(wanted, StringComparison.Ordinal) && line.Contains("[good]", StringComparison.Ordinal));
    }

    /// <summary>True when its routing table holds the node with this id, and a datagram came from it.</summary>
    public async Task<bool> HasHeardFromAsync(InfoHash id)
    {
        string wanted = id.ToString();
        return (await LookupRoutingAsync()).Any(
            line => line.Contains(wanted, StringComparison.Ordinal) && !line.Contains("updated: never", StringComparison.Ordinal));
    }

    /// <summary><c>b</c>: pings an address.</summary>
    public Task BootstrapAsync(string address) => TextAsync("b " + address);

    /// <summary>Waits for a line that contains <paramref name="text"/>, from line <paramref name="from"/> on.</summary>
    public async Task<string> ExpectAsync(int from, string text, TimeSpan timeout) =>
        (await Output.WaitAsync(from, line => line.Contains(text, StringComparison.Ordinal), timeout))?.Line
        ?? throw new InvalidOperationException($"dhtnode did not say '{text}' within {timeout.TotalSeconds:0} s:\n{Output.Tail()}");

    /// <summary>Freezes the process, or lets it go on.</summary>
    public void Freeze(bool frozen) => _process.Signal(frozen ? "STOP" : "CONT");

    /// <summary>Leaves as a user does (<c>x</c>): the state file is written.</summary>
    public async Task ExitAsync()
    {
        _process.WriteLine("x");
        if (await _process.WaitForExitAsync(TimeSpan.FromSeconds(30)) is null) throw new InvalidOperationException("dhtnode does not end:\n" + Output.Tail());
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _turn.Dispose();
    }

    /// <summary>Runs a command and waits for the line that ends it.</summary>
    private async Task<string> CommandAsync(string command, string end, TimeSpan timeout)
    {
        await _turn.WaitAsync();
        try
        {
            int from = Output.Count;
            _process.WriteLine(command);
            return await ExpectAsync(from, end, timeout);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IReadOnlyList<string>> ListAsync(string command, string name, string item)
    {
        int from = Output.Count;
        await CommandAsync(command, name, TimeSpan.FromSeconds(60));
        (int Number, string Line)? end = await Output.WaitAsync(from, line => EndLine(line, name), TimeSpan.FromSeconds(60));
        if (end is null) throw new InvalidOperationException($"dhtnode did not end '{command}':\n{Output.Tail()}");
        return Output.Since(from).Take(end.Value.Number - from).Where(line => line.Contains(item, StringComparison.Ordinal)).ToList();

        static bool EndLine(string line, string name) =>
            line.Contains(name + "completed", StringComparison.Ordinal) || line.Contains(name + "failure", StringComparison.Ordinal);
    }

    /// <summary>Runs a command that has no end of its own: an unknown command behind it makes the end.</summary>
    private async Task<IReadOnlyList<string>> TextAsync(string command)
    {
        await _turn.WaitAsync();
        try
        {
            int from = Output.Count;
            string mark = $"mark{++_marks}";
            _process.WriteLine(command);
            _process.WriteLine(mark);
            await ExpectAsync(from, "Unknown command: " + mark, TimeSpan.FromSeconds(30));
            return Output.Since(from).TakeWhile(line => !line.Contains("Unknown command: " + mark, StringComparison.Ordinal)).ToList();
        }
        finally
        {
            _turn.Release();
        }
    }

    [GeneratedRegex(@"OpenDHT node ([0-9a-f]{40}) running on port (\d+)")]
    private static partial Regex StartedLine();

    [GeneratedRegex(@"Put: (success|failure), took .* Value ID: ([0-9a-f]+)")]
    private static partial Regex PutLine();

    [GeneratedRegex(@"Storage ([0-9a-f]{40}) (\d+) list\., (\d+) values \((\d+) bytes\)")]
    private static partial Regex StorageLine();
}
