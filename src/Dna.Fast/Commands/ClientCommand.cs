using System.CommandLine;
using Dna.Fast.Client;
using Dna.Fast.Settings;

namespace Dna.Fast.Commands;

/// <summary>What a client command works with.</summary>
internal sealed record ClientScene(ClientSession Session, TextWriter Output, TextWriter Error, CancellationToken Cancellation);

/// <summary>What all client commands do around their one operation.</summary>
internal static class ClientCommand
{
    /// <summary>Opens a session, runs <paramref name="act"/> and closes it; an interrupt ends it with <see cref="ExitCode.Failed"/>.</summary>
    public static async Task<int> RunAsync(ParseResult result, HostPort entry, uint network, Func<ClientScene, Task<int>> act)
    {
        using var interrupt = new Interrupt(endsAtOnceOnSecond: true);
        TextWriter error = result.InvocationConfiguration.Error;
        try
        {
            (ClientSession? session, int code) = await ClientSession.OpenAsync(entry, network, error, interrupt.Token).ConfigureAwait(false);
            if (session is null) return code;
            using (session) return await act(new ClientScene(session, result.InvocationConfiguration.Output, error, interrupt.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return ExitCode.Failed;
        }
    }

    /// <summary>Says what went wrong, and gives the code to end with.</summary>
    public static async Task<int> FailAsync(TextWriter error, int code, string message)
    {
        await error.WriteLineAsync("dna: " + message).ConfigureAwait(false);
        return code;
    }
}
