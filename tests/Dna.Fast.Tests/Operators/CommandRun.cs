using System.Text.Json;
using Dna.Fast.Commands;

namespace Dna.Fast.Tests.Operators;

/// <summary>One run of a command inside the test.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static async Task<CommandRun> OfAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        TextWriter together = TextWriter.Synchronized(error);
        int code = await CommandLineRoot.InvokeAsync(arguments, output, together);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    public override string ToString() => $"exit {Code}\n{Output}\n{Error}";
}
