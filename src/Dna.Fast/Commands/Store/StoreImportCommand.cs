using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Hosting;
using Dna.Fast.Hosting.Stores;

namespace Dna.Fast.Commands.Store;

/// <summary><c>dna store import</c>: the values of an export into a store.</summary>
internal static class StoreImportCommand
{
    private const int BufferBytes = 1 << 18;

    private static readonly Argument<string> FileName = new("FILE") { Description = "What dna store export wrote, or the state file (-f) of a stock node, old or new; - is the standard input, for an export" };

    private static readonly StoreJob Job = new();

    public static Command Create()
    {
        var command = new DnaCommand(
            "import",
            "Puts the values of an export into a store, by the rules of every put: what is there and newer stays, what is forged is refused, what expired is left out. Into a running node while it serves, else into its store. "
            + "What was said to be imported is on the disk, whatever happens then; the same file may be imported again. Ends with 1 when the file is damaged or cut: what is in front of that is imported.",
            "dna store import backup.dnax",
            "dna store import /var/lib/dhtnode/state",
            "zstd -dc backup.dnax.zst | dna store import - --data /var/lib/dna --json")
        {
            FileName,
        };
        Job.AddTo(command);
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result)
    {
        string file = result.GetValue(FileName)!;
        try
        {
            // Before a store is begun somewhere.
            Stream? from = file == "-" ? Console.OpenStandardInput() : await OpenAsync(result, file).ConfigureAwait(false);
            if (from is null) return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, $"{file} is neither an export nor a state file").ConfigureAwait(false);
            await using (from.ConfigureAwait(false))
                return await Job.RunAsync(result, "store import", makes: true, (access, cancellation) => ImportAsync(result, access, from, cancellation)).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, failure.Message).ConfigureAwait(false);
        }
    }

    /// <summary>A file as an export; null when it looks like a state file and is none.</summary>
    private static async Task<Stream?> OpenAsync(ParseResult result, string file)
    {
        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        // A pipe is read once, so that nobody may look at how it begins.
        int first = stream.CanSeek ? stream.ReadByte() : 0;
        if (stream.CanSeek) stream.Position = 0;
        if (!StockValues.LooksLike((byte)first) || stream.Length > StockState.BytesMax) return stream;
        await using (stream.ConfigureAwait(false))
        {
            byte[] state = new byte[stream.Length];
            await stream.ReadExactlyAsync(state).ConfigureAwait(false);
            byte[]? export = StockValues.ToExport(state, File.GetLastWriteTimeUtc(file), StockMoment.Now, out long unread);
            if (unread > 0) await result.InvocationConfiguration.Error.WriteLineAsync($"{unread} values of the state file cannot be read").ConfigureAwait(false);
            return export is null ? null : new MemoryStream(export, writable: false);
        }
    }

    private static async Task<int> ImportAsync(ParseResult result, StoreAccess access, Stream from, CancellationToken cancellation)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        JsonElement? first = await access.Talk.NextAsync(cancellation).ConfigureAwait(false);
        if (first is not { } ready || !ready.TryGetProperty("phase", out _)) return await StoreJob.BrokenAsync(error).ConfigureAwait(false);
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task send = SendAsync(from, access.Talk, sending.Token);
        JsonElement? answer = await access.LastAsync(step => error.WriteLine(Job.IsJson(result) ? step.GetRawText() : Text(step)), cancellation).ConfigureAwait(false);
        // It may have stopped reading at a damaged record.
        await sending.CancelAsync().ConfigureAwait(false);
        await send.ConfigureAwait(false);
        if (answer is not { } last) return await StoreJob.BrokenAsync(error).ConfigureAwait(false);
        await result.InvocationConfiguration.Output.WriteLineAsync(Job.IsJson(result) ? StoreJob.WithoutDone(last) : Text(last)).ConfigureAwait(false);
        if (last.GetProperty("ok").GetBoolean()) return ExitCode.Ok;
        return await ClientCommand.FailAsync(error, ExitCode.Failed, last.GetProperty("problem").GetString()!).ConfigureAwait(false);
    }

    private static string Text(JsonElement step) => string.Create(
        CultureInfo.InvariantCulture,
        $"{step.GetProperty("imported").GetInt64()} values imported, {step.GetProperty("expired").GetInt64()} had expired, {step.GetProperty("refused").GetInt64()} refused");

    private static async Task SendAsync(Stream from, StatusTalk to, CancellationToken cancellation)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            for (int length; (length = await from.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
                await to.Stream.WriteAsync(buffer.AsMemory(0, length), cancellation).ConfigureAwait(false);
            // A file that was cut ends here, and the other side must not wait for more.
            to.EndSending();
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or InvalidOperationException or System.Net.Sockets.SocketException)
        {
            // The other side has read enough, or is gone: its answer says which.
        }
    }
}
