using System.CommandLine;
using System.Globalization;
using System.Text;
using Dna.Fast.Client;
using Dna.Fast.Commands.Id;
using Dna.Fast.Identities;
using Dna.Fast.Kademlia;
using Dna.Fast.Settings;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands;

/// <summary><c>dna put</c>: puts one value.</summary>
internal static class PutCommand
{
    /// <summary>What stock tools say of a text.</summary>
    private const string TextUserType = "text/plain";

    private static readonly Argument<string> Key = new("KEY") { Description = "40 hexadecimal digits, or any text: its SHA-1 is the key" };

    private static readonly Argument<string?> Value = new("VALUE") { Description = "The text to put", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string?> FileName = new("--file") { Description = "Puts a file's bytes instead; - is the standard input", HelpName = "F" };

    private static readonly TextOption<ulong> Id = Texts.Option<ulong>(
        "--id", "The value's id", "HEX", ("random", 0ul), HexId.TryParse, "1 to 16 hexadecimal digits, not 0");

    private static readonly TextOption<ushort> Type = Texts.Option<ushort>(
        "--type", "How long it lives: 7d, 30d, 365d, or a type's number; 0 lives 10 minutes", "7d|30d|365d|N", ("0", (ushort)0), ValueTypeText.TryParse, "7d, 30d, 365d or 0 to 65535");

    private static readonly Option<string?> UserType = new("--user-type") { Description = $"What it is, for its readers [default: {TextUserType} for a VALUE]", HelpName = "S" };

    private static readonly Option<bool> Permanent = new("--permanent") { Description = "Goes on announcing it until Ctrl-C; signed, with the certificate that others need to answer" };

    private static readonly Option<bool> Sign = new("--sign") { Description = "Signs it: only you can change it, by putting another value with the same --id" };

    private static readonly TextOption<Recipient?> EncryptTo = Texts.Option<Recipient?>(
        "--encrypt-to", "Signs it and encrypts it for one reader: a key id (40 digits), a long id (64), both for 10 minutes or as long as it is --permanent, or a user's fingerprint (128)", "WHOM",
        ("", null), Recipient.TryParse, "a key id of 40, a long id of 64 or a fingerprint of 128 hexadecimal digits");

    private static readonly KeyOptions Identity = new(IdOptions.NetworkKey("Who signs [default: ~/.dna/identity.key]"));

    private static readonly ClientOptions Client = new();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "put",
            "Puts a value under a key, and says how many nodes took it.",
            "dna put greeting hello",
            "dna put greeting hello --type 7d -b 192.0.2.1:4000",
            "dna put 7c4a8d09ca3762af61e59520943dc26494f8941b --file picture.png --type 30d",
            "dna put greeting hello --permanent",
            "dna put greeting hello --sign --id 1 --type 365d",
            "dna put letters hello --encrypt-to 7c4a8d09ca3762af61e59520943dc26494f8941b --key alice")
        {
            Key, Value, FileName, Id, Type, UserType, Permanent, Sign, EncryptTo, Identity.Key, Identity.PassphraseFile,
        };
        Client.AddTo(command);
        command.Validators.Add(result =>
        {
            bool hasValue = result.GetResult(Value) is { Tokens.Count: > 0 };
            bool hasFile = result.GetResult(FileName) is { Tokens.Count: > 0 };
            if (hasValue == hasFile) result.AddError(hasValue ? "VALUE and --file exclude each other." : "What shall be put? Give a VALUE or --file.");
            if (result.GetResult(Identity.Key) is not null && !result.GetValue(Sign) && result.GetResult(EncryptTo) is null) result.AddError("--key is for --sign and --encrypt-to: say one of them too.");
        });
        command.SetAction((result, cancellation) => RunAsync(surroundings, result, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, ParseResult result, CancellationToken cancellation)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        byte[]? data;
        try
        {
            data = result.GetValue(FileName) is { } file ? await ReadAsync(file).ConfigureAwait(false) : Encoding.UTF8.GetBytes(result.GetValue(Value)!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return await ClientCommand.FailAsync(error, ExitCode.Failed, failure.Message).ConfigureAwait(false);
        }

        if (result.GetValue(Sign) || EncryptTo.Read(result) is not null) return await PutSecureAsync(surroundings, result, data, cancellation).ConfigureAwait(false);
        ulong id = Id.Read(result) is var wanted and not 0 ? wanted : NewValue.RandomId();
        byte[]? packed = NewValue.Pack(id, Type.Read(result), data, UserTypeOf(result), out string? problem);
        if (packed is null) return await ClientCommand.FailAsync(error, ExitCode.Failed, problem + "; nothing was sent").ConfigureAwait(false);

        var deadline = Client.DeadlineOf(result);
        InfoHash key = InfoHash.OfKey(result.GetValue(Key)!);
        bool isPermanent = result.GetValue(Permanent);
        return await Client.RunAsync(result, async scene =>
        {
            if (!isPermanent) return await SayAsync(scene, await scene.Session.Dht.PutAsync(key, packed, deadline, scene.Cancellation).ConfigureAwait(false), key, id).ConfigureAwait(false);
            using PermanentPut put = await scene.Session.Dht.PutPermanentAsync(key, packed, deadline, scene.Cancellation).ConfigureAwait(false);
            int code = await SayAsync(scene, put.FirstRound, key, id).ConfigureAwait(false);
            return code == ExitCode.Ok ? await StayAsync(scene).ConfigureAwait(false) : code;
        }).ConfigureAwait(false);
    }

    private static async Task<int> PutSecureAsync(Surroundings surroundings, ParseResult result, byte[] data, CancellationToken cancellation)
    {
        using NetworkIdentity? identity = await Identity.OpenForNetworkAsync(surroundings, result, cancellation).ConfigureAwait(false);
        if (identity is null) return ExitCode.Identity;
        var value = new NewSecureValue { Id = Id.Read(result), Type = Type.Read(result), Data = data, UserType = UserTypeOf(result) };
        var order = new SecurePutOrder(
            InfoHash.OfKey(result.GetValue(Key)!), value, EncryptTo.Read(result), result.GetValue(Permanent), Client.DeadlineOf(result));
        return await Client.RunAsync(result, scene => new SecurePut(scene, identity).RunAsync(order)).ConfigureAwait(false);
    }

    private static string UserTypeOf(ParseResult result) => result.GetValue(UserType) ?? (result.GetValue(FileName) is null ? TextUserType : "");

    private static async Task<int> SayAsync(ClientScene scene, PutAnswer answer, InfoHash key, ulong id)
    {
        string value = string.Create(CultureInfo.InvariantCulture, $"key={key} id={id:x}");
        (int code, string text) = answer.Status switch
        {
            PutAnswerStatus.Acknowledged => (ExitCode.Ok, $"{answer.Acknowledged} of {answer.Asked} nodes acknowledged {value}"),
            PutAnswerStatus.Unacknowledged => (ExitCode.Failed, $"none of {answer.Asked} nodes acknowledged {value}"),
            PutAnswerStatus.Refused => (ExitCode.Failed, $"not sent: a signed value is under {value}, and an unsigned one over it ends stock nodes; take another id"),
            PutAnswerStatus.Outdated => (ExitCode.Failed, $"a newer version of {value} is in the network"),
            PutAnswerStatus.Unreachable => (ExitCode.Unreachable, "no node answered: the network is unreachable"),
            _ => (ExitCode.Failed, $"no acknowledgement in time of {value}; some nodes may have it"),
        };
        if (code != ExitCode.Ok) return await ClientCommand.FailAsync(scene.Error, code, text).ConfigureAwait(false);
        await scene.Output.WriteLineAsync(text).ConfigureAwait(false);
        return code;
    }

    /// <summary>Waits for Ctrl-C.</summary>
    internal static async Task<int> StayAsync(ClientScene scene)
    {
        await scene.Output.WriteLineAsync("permanent: it is announced again before it expires, until Ctrl-C").ConfigureAwait(false);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = scene.Cancellation.Register(() => ended.TrySetResult());
        await ended.Task.ConfigureAwait(false);
        return ExitCode.Ok;
    }

    /// <summary>Reads at most one byte more than the network takes: enough to refuse.</summary>
    private static async Task<byte[]> ReadAsync(string file)
    {
        Stream stream = file == "-" ? Console.OpenStandardInput() : new FileStream(file, FileMode.Open, FileAccess.Read);
        await using (stream.ConfigureAwait(false))
        {
            byte[] buffer = new byte[WireLimits.ValuePayloadBytesMax + 1];
            int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false).ConfigureAwait(false);
            return buffer[..length];
        }
    }
}
