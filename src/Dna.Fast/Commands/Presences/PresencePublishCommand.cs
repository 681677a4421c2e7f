using System.CommandLine;
using System.Globalization;
using System.Net;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Presences;

/// <summary><c>dna presence publish</c>: says where we are.</summary>
internal static class PresencePublishCommand
{
    /// <summary>Where clients of this layer take messages directly (DNA layer, section 10.2).</summary>
    private const ushort PortDefault = 4001;

    private static readonly TextOption<IPAddress?> Address = Texts.Option<IPAddress?>(
        "--address", "Where you can be reached [default: the address that the network sees you at]", "IP", ("", null), IPAddress.TryParse, "an IP address");

    private static readonly TextOption<ushort> Port = Texts.Option<ushort>(
        "--port", "TCP port", "N", ($"{PortDefault}", PortDefault), TryPort, "a number from 1 to 65535");

    private static readonly MessengerOptions Options = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "publish",
            "Says that you are online, and where; signed, for everybody. Say it again within ten minutes to stay online.",
            "dna presence publish",
            "dna presence publish --address 192.0.2.7 --port 4001 --key alice")
        {
            Address, Port,
        };
        return Options.ForUser(command, surroundings, (scene, result) => PublishAsync(scene, Address.Read(result), Port.Read(result)));
    }

    /// <remarks>JSON: <c>ip</c>, <c>port</c>, <c>acknowledged</c>.</remarks>
    private static async Task<int> PublishAsync(MessengerScene scene, IPAddress? said, ushort port)
    {
        if (said is null)
        {
            // Any answer brings our address along.
            ResultCode ready = await scene.Session.WhenReadyAsync(scene.Deadline, scene.Cancellation).ConfigureAwait(false);
            if (ready != ResultCode.Success) return await scene.FailAsync(ready, "your address").ConfigureAwait(false);
        }

        if ((said ?? await scene.Client.Session.ReportedAddressAsync(scene.Cancellation).ConfigureAwait(false)) is not { } address)
            return await ClientCommand.FailAsync(scene.Error, ExitCode.Failed, "no node told us our address: say --address IP").ConfigureAwait(false);
        PutReport report = await scene.Services.Presences.PublishAsync(scene.Keys, address, port, scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (!report.IsSuccess) return await scene.FailAsync(report.Code, "your presence").ConfigureAwait(false);
        string text = string.Create(CultureInfo.InvariantCulture, $"online at {new IPEndPoint(address, port)} for {Presence.OnlineSeconds / 60} minutes; {report.Acknowledged} nodes acknowledged it");
        return await scene.SayAsync(text, json =>
        {
            json.WriteString("ip", address.ToString());
            json.WriteNumber("port", port);
            json.WriteNumber("acknowledged", report.Acknowledged);
        }).ConfigureAwait(false);
    }

    private static bool TryPort(string text, out ushort port) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
}
