using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>How a node under test is started.</summary>
internal sealed record DnaOptions
{
    public IReadOnlyList<string> Bind { get; init; } = ["127.0.0.1"];

    /// <summary>0: any free port.</summary>
    public int Port { get; init; }

    public IReadOnlyList<string> Bootstrap { get; init; } = [];

    public uint Network { get; init; }

    /// <summary>Kept after the process is gone, so that a test can start again on it; null: a directory of its own.</summary>
    public string? Data { get; init; }

    public IReadOnlyList<string> More { get; init; } = [];

    /// <summary>Words in front of the command: another network namespace.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];
}

/// <summary>A running <c>dna run</c>.</summary>
internal sealed partial class DnaProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly TestDirectory? _directory;

    private DnaProcess(ChildProcess process, TestDirectory? directory, string data, string readyLine)
    {
        _process = process;
        _directory = directory;
        Data = data;
        Match match = ReadyLine().Match(readyLine);
        Addresses = match.Groups[1].Value.Split(',').Select(IPEndPoint.Parse).ToList();
        Id = InfoHash.OfKey(match.Groups[2].Value);
        Values = int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
    }

    public InfoHash Id { get; }

    /// <summary>Values it found in its store at the start.</summary>
    public int Values { get; }

    public string Data { get; }

    public IReadOnlyList<IPEndPoint> Addresses { get; }

    public IPEndPoint Address => Addresses[0];

    public OutputLog Output => _process.Output;

    public OutputLog Errors => _process.Errors;

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    public static async Task<DnaProcess> StartAsync(DnaOptions? options = null)
    {
        options ??= new DnaOptions();
        TestDirectory? directory = options.Data is null ? new TestDirectory() : null;
        string data = options.Data ?? directory!.FullName;
        List<string> arguments = ["run", "--port", options.Port.ToString(CultureInfo.InvariantCulture), "--data", data];
        foreach (string address in options.Bind) arguments.AddRange(["--bind", address]);
        foreach (string bootstrap in options.Bootstrap) arguments.AddRange(["--bootstrap", bootstrap]);
        if (options.Network != 0) arguments.AddRange(["--network", options.Network.ToString(CultureInfo.InvariantCulture)]);
        arguments.AddRange(options.More);

        ChildProcess process = DnaBinary.Start(arguments, options.Prefix);
        (int Number, string Line)? ready = await process.Output.WaitAsync(0, line => ReadyLine().IsMatch(line), TimeSpan.FromSeconds(30));
        if (ready is not null) return new DnaProcess(process, directory, data, ready.Value.Line);

        string tail = process.Output.Tail() + process.Errors.Tail();
        await process.DisposeAsync();
        directory?.Dispose();
        throw new InvalidOperationException($"dna {string.Join(' ', arguments)} did not become ready:\n{tail}");
    }

    /// <summary>What <c>dna status --json</c> says.</summary>
    public async Task<JsonElement> StatusAsync()
    {
        CommandResult result = await DnaCommand.SucceedAsync("status", "--data", Data, "--json");
        return JsonDocument.Parse(result.Text).RootElement;
    }

    /// <summary>Waits for it to end by itself, and returns its exit code; null when it does not.</summary>
    public Task<int?> WaitForExitAsync() => _process.WaitForExitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Ends it as the system does, with a signal, and returns its exit code.</summary>
    public async Task<int?> StopAsync(string signal = "TERM")
    {
        _process.Signal(signal);
        return await _process.WaitForExitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Sends a signal that does not end it.</summary>
    public void Signal(string name) => _process.Signal(name);

    public void Freeze(bool frozen) => _process.Signal(frozen ? "STOP" : "CONT");

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory?.Dispose();
    }

    [GeneratedRegex(@"^ready udp=(\S+) node=([0-9a-f]{40}) values=(\d+)$")]
    private static partial Regex ReadyLine();
}
