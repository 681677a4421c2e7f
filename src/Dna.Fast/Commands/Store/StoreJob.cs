using System.CommandLine;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands.Store;

/// <summary>What a command about a store takes, and what it does around its work. One for each command.</summary>
internal sealed class StoreJob
{
    private const long MemoryBytesDefault = 64L << 20;
    private const long MemoryBytesMin = 4L << 20;

    private readonly Option<string> _data = StatusCommand.DataOption("The data directory: of a node that runs, or of one that does not");

    private readonly TextOption<long> _memory = Texts.Option<long>(
        "--memory", "For a node that does not run: memory for the store, as the node's store.memory", "SIZE", ("64MiB", MemoryBytesDefault), SettingTexts.Size(MemoryBytesMin), "a size such as 64MiB, at least 4MiB");

    private readonly Option<bool> _json = new("--json") { Description = "The result as one JSON object" };

    /// <summary>Gives all options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_memory);
        command.Options.Add(_json);
    }

    public string DataOf(ParseResult result) => result.GetValue(_data)!;

    public bool IsJson(ParseResult result) => result.GetValue(_json);

    /// <summary>Opens the store, does the work and closes it.</summary>
    /// <param name="makes">True: a store that is not there is begun.</param>
    public async Task<int> RunAsync(ParseResult result, string question, bool makes, Func<StoreAccess, CancellationToken, Task<int>> act)
    {
        using var interrupt = new Interrupt(endsAtOnceOnSecond: true);
        TextWriter error = result.InvocationConfiguration.Error;
        try
        {
            (StoreAccess? access, int code) = await StoreAccess.OpenAsync(DataOf(result), question, _memory.Read(result), makes, error, interrupt.Token).ConfigureAwait(false);
            if (access is null) return code;
            await using (access) return await act(access, interrupt.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return await ClientCommand.FailAsync(error, ExitCode.Failed, failure.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return await ClientCommand.FailAsync(error, ExitCode.Failed, "interrupted").ConfigureAwait(false);
        }
    }

    /// <summary>Asks for one answer and shows it.</summary>
    /// <param name="write">For people.</param>
    /// <param name="progress">For people, of what comes before.</param>
    public Task<int> AnswerAsync(ParseResult result, string question, Func<JsonElement, string> write, Func<JsonElement, string> progress) => RunAsync(result, question, makes: false, async (access, cancellation) =>
    {
        TextWriter error = result.InvocationConfiguration.Error;
        JsonElement? answer = await access.LastAsync(step => error.WriteLine(progress(step)), cancellation).ConfigureAwait(false);
        if (answer is not { } last) return await BrokenAsync(error).ConfigureAwait(false);
        await result.InvocationConfiguration.Output.WriteLineAsync(IsJson(result) ? WithoutDone(last) : write(last)).ConfigureAwait(false);
        return last.TryGetProperty("ok", out JsonElement ok) && !ok.GetBoolean() ? ExitCode.Failed : ExitCode.Ok;
    });

    public static Task<int> BrokenAsync(TextWriter error) =>
        ClientCommand.FailAsync(error, ExitCode.Failed, "the node broke off: it ended, its disk failed, or it is of another version");

    /// <summary>The last answer without what only ends a conversation.</summary>
    public static string WithoutDone(JsonElement answer) => JsonLine.Write(json =>
    {
        foreach (JsonProperty member in answer.EnumerateObject().Where(member => member.Name != "done")) member.WriteTo(json);
    });
}
