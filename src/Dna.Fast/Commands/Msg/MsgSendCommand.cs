using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dna.Fast.Identities;
using Dna.Fast.Messaging;
using Dna.Fast.Messenger;

namespace Dna.Fast.Commands.Msg;

/// <summary><c>dna msg send</c>: sends messages to a user.</summary>
internal static class MsgSendCommand
{
    private static readonly Argument<string> User = new("USER") { Description = "A name or a fingerprint" };

    private static readonly TextInput Text = new("message");

    private static readonly Option<bool> Direct = new("--direct")
    {
        Description = "Sends it to the reader's client, when its signed presence says where that is; it waits in the network otherwise. The reader's client sees your address",
    };

    private static readonly MessengerOptions Options = new() { KeepsState = true, TakesSalted = true, Direct = result => result.GetValue(Direct) ? new DirectOptions() : null };

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "send",
            "Sends a message. It waits in the network until its reader has it, for 7 days at most; nobody need be there at the same time.",
            "dna msg send bob \"Hello, Bob\"",
            "date | dna msg send bob",
            "dna msg send bob --direct \"Are you there?\"",
            "tail -f log | dna msg send bob --lines --json")
        {
            User, Direct,
        };
        Text.AddTo(command);
        return Options.ForUser(command, surroundings, (scene, result) => SendAsync(surroundings, scene, result));
    }

    private static async Task<int> SendAsync(Surroundings surroundings, MessengerScene scene, ParseResult result)
    {
        string user = result.GetValue(User)!;
        (string? fingerprint, int code) = await scene.WhoAsync(user).ConfigureAwait(false);
        return fingerprint is null ? code : await Text.ForEachAsync(surroundings, scene, result, text => SendAsync(scene, user, fingerprint, text)).ConfigureAwait(false);
    }

    /// <remarks>JSON: <c>id</c> (32 hexadecimal digits; the reader sees the same), <c>to</c> (fingerprint), <c>acknowledged</c> (nodes that keep it), <c>delivered</c> (true: the reader's client took it directly),
    /// <c>pending</c> (true, with <see cref="ExitCode.Unreachable"/>: it is kept, and sent again by a later command).</remarks>
    private static async Task<int> SendAsync(MessengerScene scene, string user, string fingerprint, string text)
    {
        SendReport sent = await scene.Session.SendAsync(fingerprint, Encoding.UTF8.GetBytes(text), scene.Deadline, scene.Cancellation).ConfigureAwait(false);
        if (sent.IsPending) return await SayPendingAsync(scene, sent, user, fingerprint).ConfigureAwait(false);
        if (!sent.IsSuccess)
        {
            return await scene.FailAsync(
                sent.Code, $"the message to {user}",
                new CodeText(ResultCode.NotFound, $"{user} has published no keys (nodes answered), so nothing can be sealed: dna id publish does it there"),
                new CodeText(ResultCode.CryptographyFailed, $"{user} has keys of another suite than you: both need an identity of the same (dna id new --suite)"),
                new CodeText(ResultCode.OutOfMemory, $"the message is too long for one, or 500 to {user} wait from today already; nothing was sent")).ConfigureAwait(false);
        }

        string id = IdOf(sent.Id);
        string where = sent.IsDelivered ? "delivered" : string.Create(CultureInfo.InvariantCulture, $"{sent.Acknowledged} nodes keep it");
        return await scene.SayAsync($"sent to {user}: {where} id={id}", json => Write(json, sent, fingerprint)).ConfigureAwait(false);
    }

    /// <summary>Says that a message may be in the network or not: whoever sends its text again makes a second message of it.</summary>
    internal static async Task<int> SayPendingAsync(Speaker speaker, SendReport sent, string user, string fingerprint)
    {
        if (speaker.IsJson) await speaker.SayAsync("", json => Write(json, sent, fingerprint)).ConfigureAwait(false);
        return await ClientCommand.FailAsync(
            speaker.Error,
            ExitCode.Unreachable,
            $"the message to {user} is kept, id={IdOf(sent.Id)}: not enough nodes answered to know whether they have it. The next dna msg command that reaches them sends it; do not send it again")
            .ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter json, SendReport sent, string fingerprint)
    {
        json.WriteString("id", IdOf(sent.Id));
        json.WriteString("to", fingerprint);
        json.WriteNumber("acknowledged", sent.Acknowledged);
        json.WriteBoolean("delivered", sent.IsDelivered);
        json.WriteBoolean("pending", sent.IsPending);
    }

    /// <summary>A message's id as programs see it: 32 hexadecimal digits.</summary>
    internal static string IdOf(MessageDigest digest) => digest.Bits.ToString("x32", CultureInfo.InvariantCulture);
}
