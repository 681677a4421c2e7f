using System.Text.RegularExpressions;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Release.Tests;

/// <summary>What <c>tools/release</c> left in artifacts/release.</summary>
internal static partial class Released
{
    public const string Build = "Make it first: tools/release --no-clients.";

    public static string Folder { get; } = Path.Combine(Repository.Root, "artifacts", "release");

    public static string Version { get; } =
        VersionElement().Match(System.IO.File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"))).Groups[1].Value;

    /// <summary>The static program, for <c>linux-x64</c> or <c>linux-arm64</c>.</summary>
    public static string Program(string target = "linux-x64") => File($"dna-{Version}-{target}");

    public static string Deb(string architecture = "amd64") => File($"dna_{Version}_{architecture}.deb");

    public static string Image { get; } = Path.Combine(Folder, $"dna-{Version}-oci.tar");

    public static string File(string name)
    {
        string path = Path.Combine(Folder, name);
        return System.IO.File.Exists(path) ? path : throw new InvalidOperationException($"'{path}' is not there. {Build}");
    }

    [GeneratedRegex("<Version>(.*)</Version>")]
    private static partial Regex VersionElement();
}

/// <summary>How a tool ended.</summary>
internal sealed record Ended(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)
{
    public string Text => string.Join('\n', Output);

    public override string ToString() => $"exit {ExitCode}\n{Text}\n{string.Join('\n', Errors)}";
}

/// <summary>Other programs, run to their end.</summary>
internal static class Tool
{
    // The slowest tool packs a .deb, some fifteen seconds of one core, while other tests want that core too.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task<Ended> RunAsync(params string[] words)
    {
        await using ChildProcess process = ChildProcess.Start(words[0], words.Skip(1), $"The tests of the release need it: tools/test installs what they need. ({words[0]})");
        process.CloseInput();
        int? code = await process.WaitForExitAsync(Patience);
        Ended ended = new(code ?? -1, process.Output.Since(0), process.Errors.Since(0));
        return code is null ? throw new TimeoutException($"{string.Join(' ', words)} does not end: {ended}") : ended;
    }

    public static async Task<Ended> SucceedAsync(params string[] words)
    {
        Ended ended = await RunAsync(words);
        if (ended.ExitCode != 0) Assert.Fail($"{string.Join(' ', words)}: {ended}");
        return ended;
    }

    /// <summary>A script of bash, which ends at its first failing command.</summary>
    public static Task<Ended> BashAsync(string script, params string[] arguments) => SucceedAsync(["bash", "-euo", "pipefail", "-c", script, "bash", .. arguments]);
}
