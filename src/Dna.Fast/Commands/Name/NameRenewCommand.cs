using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Name;

/// <summary><c>dna name renew</c>: keeps a name for another year.</summary>
internal static class NameRenewCommand
{
    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings) => Options.ForUser(
        new DnaCommand("renew", "Renews your name for a year from its present end.", "dna name renew", "dna name renew --key alice --json"),
        surroundings, (scene, _) => RenewAsync(scene));

    private static async Task<int> RenewAsync(MessengerScene scene)
    {
        PutReport report = await scene.Services.Keyserver.RenewAsync(scene.Keys, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!report.IsSuccess)
        {
            return await scene.FailAsync(
                report.Code, "the name", new CodeText(ResultCode.NotFound, "you have no name: dna name register takes one"),
                new CodeText(ResultCode.AlreadyExists, "the name had ended, and somebody else has it now: dna name register takes another")).ConfigureAwait(false);
        }

        return await NameReport.SayAsync(scene, "renewed", report).ConfigureAwait(false);
    }
}
