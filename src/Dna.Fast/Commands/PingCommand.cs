using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Dna.Fast.Settings;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands;

/// <summary><c>dna ping</c>: asks one node whether it is there.</summary>
internal static class PingCommand
{
    private static readonly Argument<HostPort> Target = new("HOST:PORT")
    {
        Description = "The node to ask",
        CustomParser = result =>
        {
            if (HostPort.TryParse(result.Tokens[0].Value, out HostPort? entry, out string? problem)) return entry;
            result.AddError(problem + ".");
            return null;
        },
    };

    private static readonly ClientOptions Client = new();

    public static Command Create()
    {
        var command = new DnaCommand(
            "ping",
            "Asks a node whether it is there, and shows its id. Ends with 5 when it does not answer.",
            "dna ping 192.0.2.1:4000",
            "dna ping [2001:db8::1]:4000 --network 7")
        {
            Target,
        };
        Client.AddWithoutBootstrapTo(command);
        command.SetAction((result, _) => RunAsync(result));
        return command;
    }

    /// <summary>Pings all addresses of the session's bootstrap entry at once.</summary>
    /// <returns>The first that answered, or null.</returns>
    public static async Task<(NodeAddress Address, InfoHash Id)?> FirstAnswerAsync(ClientScene scene, TimeSpan deadline)
    {
        List<Task<(NodeAddress Address, InfoHash? Id)>> pings = [.. scene.Session.Bootstrap.Select(PingAsync)];
        while (pings.Count > 0)
        {
            Task<(NodeAddress Address, InfoHash? Id)> ended = await Task.WhenAny(pings).ConfigureAwait(false);
            (NodeAddress address, InfoHash? id) = await ended.ConfigureAwait(false);
            if (id is { } answered) return (address, answered);
            pings.Remove(ended);
        }

        return null;

        async Task<(NodeAddress Address, InfoHash? Id)> PingAsync(NodeAddress address) =>
            (address, await scene.Session.Dht.PingAsync(address, deadline, scene.Cancellation).ConfigureAwait(false));
    }

    private static Task<int> RunAsync(ParseResult result)
    {
        HostPort target = result.GetValue(Target)!;
        var deadline = Client.DeadlineOf(result);
        return Client.RunAsync(result, target, async scene =>
        {
            long start = Stopwatch.GetTimestamp();
            if (await FirstAnswerAsync(scene, deadline).ConfigureAwait(false) is not { } answer)
                return await ClientCommand.FailAsync(scene.Error, ExitCode.Unreachable, $"{target.Text} does not answer").ConfigureAwait(false);
            double ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            await scene.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{answer.Address} answered in {ms:0.0} ms, node={answer.Id}")).ConfigureAwait(false);
            return ExitCode.Ok;
        });
    }
}
