using System.Text.Json;
using Dna.Fast.Client;

namespace Dna.Fast.Messaging;

/// <summary>How a messenger command says what came of it.</summary>
/// <param name="IsJson">True: results are one JSON object a line.</param>
internal record Speaker(TextWriter Output, TextWriter Error, bool IsJson)
{
    /// <summary>Prints a result.</summary>
    /// <param name="text">Lines for people.</param>
    /// <param name="json">Members of the object for programs.</param>
    /// <returns><see cref="ExitCode.Ok"/>.</returns>
    public async Task<int> SayAsync(string text, Action<Utf8JsonWriter> json)
    {
        await Output.WriteLineAsync(IsJson ? JsonLine.Write(json) : text).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    /// <summary>Says something beside the result.</summary>
    public Task NoteAsync(string text) => Error.WriteLineAsync("dna: " + text);
}
