using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Dna.Fast.Hosting;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands;

/// <summary><c>dna status</c>: what the node of a data directory is doing.</summary>
internal static class StatusCommand
{
    /// <summary>The answer is a few kilobytes; something that sends more is no node.</summary>
    private const int AnswerBytesMax = 1 << 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly Option<string> Data = DataOption("The data directory of the node to ask");

    private static readonly Option<bool> Json = new("--json") { Description = "Everything, as one JSON object" };

    public static Command Create()
    {
        var command = new DnaCommand(
            "status",
            "Shows what a node running on this machine is doing. Ends with 1 when none runs on that data directory.",
            "dna status",
            "dna status --data /var/lib/dna --json | jq .counters")
        {
            Data, Json,
        };
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    public static Option<string> DataOption(string description) => new("--data")
    {
        Description = description,
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultDirectory.Path,
    };

    private static async Task<int> RunAsync(ParseResult result)
    {
        string path = DataDirectory.StatusSocketIn(Path.GetFullPath(result.GetValue(Data)!));
        TextWriter output = result.InvocationConfiguration.Output;
        byte[] answer;
        try
        {
            answer = await AskAsync(path).ConfigureAwait(false);
            using var document = JsonDocument.Parse(answer);
            await output.WriteLineAsync(result.GetValue(Json) ? Encoding.UTF8.GetString(answer) : StatusTable.Write(document.RootElement)).ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ArgumentException or JsonException)
        {
            string why = string.Create(CultureInfo.InvariantCulture, $"no node answers at {path}: {failure.Message}");
            return await ClientCommand.FailAsync(result.InvocationConfiguration.Error, ExitCode.Failed, why).ConfigureAwait(false);
        }
    }

    private static async Task<byte[]> AskAsync(string path)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), timeout.Token).ConfigureAwait(false);
        using var answer = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (answer.Length < AnswerBytesMax)
        {
            int length = await socket.ReceiveAsync(buffer, SocketFlags.None, timeout.Token).ConfigureAwait(false);
            if (length == 0) break;
            answer.Write(buffer, 0, length);
        }

        return answer.ToArray();
    }
}
