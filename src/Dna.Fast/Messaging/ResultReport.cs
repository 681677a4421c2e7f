using Dna.Fast.Messenger;

namespace Dna.Fast.Messaging;

/// <summary>A text of a command's own for a code, where it can say more than <see cref="ResultReport"/>.</summary>
internal readonly record struct CodeText(ResultCode Code, string Text);

/// <summary>What the thirteen codes (DNA layer, section 4) are to a person and to a script: that something does not exist and that it is not known are different texts and exit codes.</summary>
internal static class ResultReport
{
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int ExitOf(ResultCode code) => code switch
    {
        ResultCode.Success => ExitCode.Ok,
        ResultCode.InvalidParameter => ExitCode.Usage,
        ResultCode.StorageError => ExitCode.Store,
        ResultCode.NetworkError or ResultCode.Timeout => ExitCode.Unreachable,
        ResultCode.AlreadyExists => ExitCode.Taken,
        _ => ExitCode.Failed,
    };

    /// <summary>What happened, and what to do about it.</summary>
    /// <param name="what">What was asked for or to be written: "the name alice".</param>
    /// <param name="hasHeardAnybody">True when any node answered anything.</param>
    public static string TextOf(ResultCode code, string what, bool hasHeardAnybody) => code switch
    {
        ResultCode.NotFound => $"{what}: not in the network (nodes answered, and none has it)",
        ResultCode.AuthenticationFailed => $"{what}: what is in the network is not genuine, and is left out",
        ResultCode.NetworkError or ResultCode.Timeout when !hasHeardAnybody => "no node answered: the network is unreachable; is --bootstrap right, and is a node running there?",
        ResultCode.NetworkError => $"{what}: nodes are there, and none of them answered or took it; try again",
        ResultCode.Timeout => $"{what}: not known, as not all nodes answered in time; try again, or with a longer --timeout",
        ResultCode.InvalidParameter => $"{what}: it breaks a rule; nothing was sent",
        ResultCode.OutOfMemory => $"{what}: more than a value of the network can hold; nothing was sent",
        ResultCode.SerializationFailed => $"{what}: what is in the network is no record of its kind",
        ResultCode.CryptographyFailed => $"{what}: keys do not fit: they are of another suite, or it is not for you",
        ResultCode.AlreadyExists => $"{what}: it exists already",
        ResultCode.StorageError => $"{what}: the files of --state cannot be read or written",
        _ => $"{what}: {ResultCodes.TextOf(code)}",
    };
}
