namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>The program under test: the published binary, which is what people run.</summary>
internal static class DnaBinary
{
    /// <summary>Names another binary, for instance one of a debug build.</summary>
    public const string Variable = "DNA_BINARY";

    public const string Install = "Build it first: tools/build linux-x64 (or name another binary in " + Variable + ").";

    public static string Path { get; } =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? named
            : System.IO.Path.Combine(Repository.Root, "artifacts", "linux-x64", "dna");

    /// <summary>Starts the binary with these arguments.</summary>
    /// <param name="prefix">Words in front of it.</param>
    public static ChildProcess Start(IEnumerable<string> arguments, IReadOnlyList<string>? prefix = null)
    {
        if (!File.Exists(Path)) throw new InvalidOperationException($"The node under test is not at '{Path}'. {Install}");
        string[] words = [.. prefix ?? [], Path, .. arguments];
        return ChildProcess.Start(words[0], words.Skip(1), Install);
    }
}

/// <summary>How a client command ended.</summary>
internal sealed record CommandResult(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)
{
    public string Text => string.Join('\n', Output);

    public override string ToString() => $"exit {ExitCode}\n{Text}\n{string.Join('\n', Errors)}";
}

/// <summary>The client commands: <c>dna put</c>, <c>get</c>, <c>listen</c>, <c>ping</c>, <c>status</c>.</summary>
internal static class DnaCommand
{
    private static readonly TimeSpan CommandTime = TimeSpan.FromSeconds(60);

    /// <summary>Runs a command to its end.</summary>
    public static Task<CommandResult> RunAsync(params string[] arguments) => RunAfterAsync([], CommandTime, arguments);

    /// <summary>Runs a command to its end.</summary>
    /// <param name="prefix">Words in front of it.</param>
    public static async Task<CommandResult> RunAfterAsync(IReadOnlyList<string> prefix, TimeSpan patience, params string[] arguments)
    {
        await using ChildProcess process = DnaBinary.Start(arguments, prefix);
        process.CloseInput();
        int? code = await process.WaitForExitAsync(patience);
        CommandResult result = new(code ?? -1, process.Output.Since(0), process.Errors.Since(0));
        return code is null ? throw new TimeoutException($"dna {string.Join(' ', arguments)} does not end: {result}") : result;
    }

    /// <summary>Runs a command that must succeed.</summary>
    public static async Task<CommandResult> SucceedAsync(params string[] arguments)
    {
        CommandResult result = await RunAsync(arguments);
        if (result.ExitCode != 0) Assert.Fail($"dna {string.Join(' ', arguments)}: {result}");
        return result;
    }
}
