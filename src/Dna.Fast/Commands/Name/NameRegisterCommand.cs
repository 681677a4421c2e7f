using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Name;

/// <summary><c>dna name register</c>: takes a name, and publishes the keys under it.</summary>
internal static class NameRegisterCommand
{
    private static readonly Argument<string> Name = new("NAME")
    {
        Description = $"{NameRules.LengthMin} to {NameRules.LengthMax} letters, digits and underscores; upper and lower case are one name",
    };

    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "register",
            $"Registers a name for a year, free of charge, and publishes your public keys. Ends with {ExitCode.Taken} when somebody else has the name.",
            "dna name register alice",
            "dna name register alice --key alice -b 192.0.2.1:4000 --json")
        {
            Name,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(Name) is { Tokens: [{ Value: var name }] } && !NameRules.MayRegister(name)) result.AddError($"'{name}' cannot be registered: a name has {Name.Description}; eleven, such as admin and support, are reserved.");
        });
        return Options.ForUser(command, surroundings, (scene, result) => RegisterAsync(scene, result.GetValue(Name)!));
    }

    private static async Task<int> RegisterAsync(MessengerScene scene, string name)
    {
        PutReport report = await scene.Services.Keyserver.RegisterAsync(scene.Keys, name, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!report.IsSuccess)
        {
            return await scene.FailAsync(
                report.Code, $"the name {name}", new CodeText(ResultCode.AlreadyExists, $"somebody else has the name {name}: dna name lookup {name} shows who; choose another")).ConfigureAwait(false);
        }

        return await NameReport.SayAsync(scene, "registered", report).ConfigureAwait(false);
    }
}
