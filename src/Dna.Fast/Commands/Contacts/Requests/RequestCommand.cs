using System.CommandLine;
using Dna.Fast.Identities;

namespace Dna.Fast.Commands.Contacts.Requests;

/// <summary><c>dna contacts request</c>: asks others to be contacts.</summary>
internal static class RequestCommand
{
    public static Command Create(Surroundings surroundings) => new DnaCommand(
        "request",
        "Asks others to be contacts, and answers who asks you. A request lives for a week.",
        "dna contacts request send bob --message 'Hello, it is me'",
        "dna contacts request list",
        "dna contacts request accept alice")
    {
        RequestSendCommand.Create(surroundings),
        RequestListCommand.Create(surroundings),
        RequestAcceptCommand.Create(surroundings),
        RequestDeclineCommand.Create(surroundings),
    };
}
