using System.CommandLine;
using Dna.Fast.Identities;

namespace Dna.Fast.Commands.Msg;

/// <summary><c>dna msg</c>: messages from user to user.</summary>
internal static class MsgCommand
{
    public static Command Create(Surroundings surroundings) => new DnaCommand(
        "msg",
        "Sends and receives messages, sealed so that only their reader opens them. Who is away gets them later: they wait in the network for 7 days.",
        "dna msg send bob \"Hello, Bob\"",
        "dna msg check")
    {
        MsgSendCommand.Create(surroundings),
        MsgCheckCommand.Create(surroundings),
        MsgWatchCommand.Create(surroundings),
    };
}
