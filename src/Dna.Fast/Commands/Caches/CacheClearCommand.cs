using System.CommandLine;
using System.Globalization;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Caches;

/// <summary><c>dna cache clear</c>: forgets what was read.</summary>
internal static class CacheClearCommand
{
    private static readonly MessengerOptions Options = new() { KeepsState = true };

    public static Command Create(Surroundings surroundings) => Options.ForFolder(
        new DnaCommand(
            "clear",
            "Forgets the keys and profiles of others that this machine remembers; nothing else. They are asked for again when they are needed.",
            "dna cache clear",
            "dna cache clear --key alice --json"),
        surroundings, (speaker, state) => ClearAsync(surroundings, speaker, state));

    /// <remarks>JSON: <c>cleared</c>: entries.</remarks>
    private static async Task<int> ClearAsync(Surroundings surroundings, Speaker speaker, StateFolder state)
    {
        using UserCaches caches = UserCaches.Open(surroundings, state);
        int cleared = caches.Manager.Clear();
        if (caches.Manager.Save() != ResultCode.Success) return await ClientCommand.FailAsync(speaker.Error, ExitCode.Store, $"the files in {state.Root} cannot be written").ConfigureAwait(false);
        return await speaker.SayAsync(string.Create(CultureInfo.InvariantCulture, $"cleared {cleared} entries"), json => json.WriteNumber("cleared", cleared)).ConfigureAwait(false);
    }
}
