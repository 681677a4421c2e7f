using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Deploy.Tests.Kit;

/// <summary>A program that ran to its end.</summary>
internal sealed record Ended(int Code, string Text, string Errors)
{
    // A hang of ours is to be told by this test, and not by the limit of the whole project.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static async Task<Ended> RunAsync(string program, params string[] arguments)
    {
        await using ChildProcess process = ChildProcess.Start(program, arguments, "It is part of Debian's util-linux, iproute2 or of this project.");
        process.CloseInput();
        int? code = await process.WaitForExitAsync(Patience);
        var ended = new Ended(code ?? -1, string.Join('\n', process.Output.Since(0)), string.Join('\n', process.Errors.Since(0)));
        return code is null ? throw new TimeoutException($"{program} {string.Join(' ', arguments)} does not end: {ended}") : ended;
    }

    public override string ToString() => $"exit {Code}\n{Text}\n{Errors}";
}
