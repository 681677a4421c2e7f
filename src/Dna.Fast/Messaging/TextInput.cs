using System.CommandLine;
using System.Globalization;
using System.Text;
using Dna.Fast.Commands;
using Dna.Fast.Identities;

namespace Dna.Fast.Messaging;

/// <summary>What a person wants to say: an argument, the standard input as one text, or each of its lines. One for each command.</summary>
internal sealed class TextInput
{
    /// <summary>Characters read of one text: more than any record takes, so that what is too long is refused there, with its own words.</summary>
    private const int TextMax = 128 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _what;

    /// <param name="what">"message" or "post".</param>
    public TextInput(string what)
    {
        _what = what;
        Text = new Argument<string?>("TEXT") { Description = $"The {what} [default: the standard input]", Arity = ArgumentArity.ZeroOrOne };
        Lines = new Option<bool>("--lines") { Description = $"Takes each line of the standard input as a {what} of its own, as it comes; empty ones are left out" };
    }

    public Argument<string?> Text { get; }

    public Option<bool> Lines { get; }

    /// <summary>Adds both to a command that has its other arguments already.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(Text);
        command.Options.Add(Lines);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Text) is { Tokens.Count: > 0 } && result.GetValue(Lines)) result.AddError("TEXT and --lines exclude each other.");
        });
    }

    /// <summary>Does something with each text, one after the other, and stops at the first that fails.</summary>
    /// <param name="act">Says what came of it; gives an <see cref="ExitCode"/>.</param>
    /// <returns>The last exit code.</returns>
    public async Task<int> ForEachAsync(Surroundings surroundings, ReaderScene scene, ParseResult result, Func<string, Task<int>> act)
    {
        if (result.GetValue(Text) is { } text) return await act(text).ConfigureAwait(false);
        int done = 0, code;
        try
        {
            using var input = new StreamReader(surroundings.OpenInput(), Strict);
            bool isLines = result.GetValue(Lines);
            while (await ReadAsync(input, isLines, scene.Cancellation).ConfigureAwait(false) is { } next)
            {
                code = await act(next).ConfigureAwait(false);
                if (code != ExitCode.Ok && done > 0) await scene.NoteAsync(string.Create(CultureInfo.InvariantCulture, $"{done} of the lines before were done; the rest was not")).ConfigureAwait(false);
                if (code != ExitCode.Ok || !isLines) return code;
                done++;
            }
        }
        catch (Exception failure) when (failure is IOException or DecoderFallbackException)
        {
            string why = failure is DecoderFallbackException ? "it is no UTF-8 text" : failure.Message;
            return await ClientCommand.FailAsync(scene.Error, ExitCode.Failed, $"the standard input cannot be read: {why}").ConfigureAwait(false);
        }

        return done > 0 ? ExitCode.Ok : await ClientCommand.FailAsync(scene.Error, ExitCode.Usage, $"there is no {_what}: give a TEXT, or one on the standard input").ConfigureAwait(false);
    }

    /// <summary>The next text; null at the end.</summary>
    private static async Task<string?> ReadAsync(StreamReader input, bool isLines, CancellationToken cancellation)
    {
        // A terminal's or a pipe's read cannot be cancelled: it is left behind.
        if (!isLines)
        {
            char[] buffer = new char[TextMax];
            int length = await input.ReadBlockAsync(buffer, CancellationToken.None).AsTask().WaitAsync(cancellation).ConfigureAwait(false);
            string text = new string(buffer, 0, length).TrimEnd('\r', '\n');
            return text.Length > 0 ? text : null;
        }

        while (await input.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            if (line.Trim().Length > 0) return line;
        }

        return null;
    }
}
