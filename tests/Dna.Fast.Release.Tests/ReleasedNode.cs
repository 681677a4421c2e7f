using System.Globalization;
using System.Text.RegularExpressions;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Release.Tests;

/// <summary>A node of a released program, however it is run.</summary>
internal sealed partial class ReleasedNode : IAsyncDisposable
{
    private ReleasedNode(ChildProcess process, int port)
    {
        Process = process;
        Port = port;
    }

    public ChildProcess Process { get; }

    public int Port { get; }

    /// <param name="words">The whole command line; it says <c>dna run</c> on the loopback.</param>
    public static async Task<ReleasedNode> StartAsync(params string[] words)
    {
        ChildProcess process = ChildProcess.Start(words[0], words.Skip(1), Released.Build);
        (int Number, string Line)? ready = await process.Output.WaitAsync(0, line => ReadyLine().IsMatch(line), TimeSpan.FromSeconds(60));
        if (ready is not null) return new ReleasedNode(process, int.Parse(ReadyLine().Match(ready.Value.Line).Groups[1].Value, CultureInfo.InvariantCulture));
        string tail = process.Output.Tail() + process.Errors.Tail();
        await process.DisposeAsync();
        throw new InvalidOperationException($"{string.Join(' ', words)} did not become ready:\n{tail}");
    }

    /// <summary>Ends it with a signal and returns its exit code.</summary>
    public Task<int?> StopAsync()
    {
        Process.Signal("TERM");
        return Process.WaitForExitAsync(TimeSpan.FromSeconds(60));
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    [GeneratedRegex(@"^ready udp=127\.0\.0\.1:(\d+) node=[0-9a-f]{40} values=\d+$")]
    private static partial Regex ReadyLine();
}
