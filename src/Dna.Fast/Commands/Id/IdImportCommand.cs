using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Commands.Id;

/// <summary><c>dna id import</c>: takes keys of other programs.</summary>
internal static class IdImportCommand
{
    private static readonly Argument<string?> Source = new("BASE")
    {
        Description = "The original messenger's files BASE.dsa and BASE.kem, which make a new key file",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Dht = new("--dht")
    {
        Description = "A DHT identity to take along: X.pem and X.crt; without BASE it goes into the key file of --key",
        HelpName = "X.pem",
    };

    private static readonly Option<string?> DhtPasswordFile = new("--dht-password-file")
    {
        Description = $"Takes the password of X.pem, when it has one, from a file's first line; else {PassphraseSource.DhtVariable}, else a prompt",
        HelpName = "F",
    };

    private static readonly Option<bool> Replace = new("--replace") { Description = "Gives up another DHT identity in the file: its values in the network can never be changed again" };

    private static readonly Option<string?> Name = new("--name") { Description = "What you call it; not secret [default: what BASE.dsa says]", HelpName = "NAME" };

    private static readonly Option<string?> Out = IdOptions.Out();

    private static readonly KeyOptions Identity = new(IdOptions.Key());

    private static readonly Option<bool> Json = IdOptions.Json();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "import",
            "Takes keys of other programs: an identity of the original messenger into a new key file, or a DHT identity into an existing one.",
            "dna id import ~/.dna/FINGERPRINT --out alice.key",
            "dna id import --dht node.pem --key alice")
        {
            Source, Dht, DhtPasswordFile, Replace, Name, Out, Identity.Key, Identity.PassphraseFile, Json,
        };
        command.Validators.Add(result =>
        {
            bool hasSource = result.GetResult(Source) is { Tokens.Count: > 0 }, hasDht = result.GetResult(Dht) is not null;
            if (!hasSource && !hasDht) result.AddError("What shall be imported? Give BASE, --dht X.pem or both.");
            if (hasSource && result.GetResult(Identity.Key) is not null) result.AddError("BASE makes a new key file: say --out FILE instead of --key.");
            if (result.GetResult(Name) is { Tokens: [{ Value: var name }] } && !UserIdentity.IsName(name)) result.AddError($"--name: at most {UserIdentity.NameBytesMax} bytes and no control characters.");
        });
        command.SetAction((result, _) => result.GetValue(Source) is { } from ? NewAsync(surroundings, result, from) : AddAsync(surroundings, result));
        return command;
    }

    private static async Task<int> NewAsync(Surroundings surroundings, ParseResult result, string from)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        if (await NewKeyFile.PlaceAsync(surroundings, error, result.GetValue(Out), result.GetValue(Name) ?? "").ConfigureAwait(false) is not { } file) return ExitCode.Identity;
        KeyFileResult<UserIdentity> read = OriginalKeyFiles.Read(OriginalKeyFiles.BaseOf(from), surroundings.Suites, result.GetValue(Name));
        using UserIdentity? identity = read.Value;
        if (identity is null) return await ClientCommand.FailAsync(error, ExitCode.Identity, read.Message).ConfigureAwait(false);
        if (result.GetValue(Dht) is { } pem)
        {
            (RsaIdentity? dht, string message) = LoadDht(surroundings, result, pem);
            if (dht is null) return await ClientCommand.FailAsync(error, ExitCode.Identity, message).ConfigureAwait(false);
            identity.TakeDht(dht);
        }

        using SecretBytes? passphrase = await file.AskPassphraseAsync(Identity.Source(surroundings, result)).ConfigureAwait(false);
        if (passphrase is null || await file.WriteAsync(identity, passphrase).ConfigureAwait(false) is not { } written) return ExitCode.Identity;
        return await SayAsync(result, written, identity.Suite.Name).ConfigureAwait(false);
    }

    private static async Task<int> AddAsync(Surroundings surroundings, ParseResult result)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        if (await Identity.ReadAsync(surroundings, result).ConfigureAwait(false) is not { } file) return ExitCode.Identity;
        (RsaIdentity? dht, string message) = LoadDht(surroundings, result, result.GetValue(Dht)!);
        if (dht is null) return await ClientCommand.FailAsync(error, ExitCode.Identity, message).ConfigureAwait(false);
        if (file.Header.DhtKeyId is { } old && old != dht.KeyId && !result.GetValue(Replace))
        {
            dht.Dispose();
            return await ClientCommand.FailAsync(error, ExitCode.Identity, $"{file.Path} has another DHT identity, {old}: say --replace to give it up").ConfigureAwait(false);
        }

        using OpenedKeyFile? opened = await Identity.OpenAsync(surroundings, result, file).ConfigureAwait(false);
        if (opened is null)
        {
            dht.Dispose();
            return ExitCode.Identity;
        }

        opened.Identity.TakeDht(dht);
        KeyFileResult<LockedKeyFile> written = surroundings.KeyFiles.Replace(file, opened.Identity, opened.Passphrase.Span, file.Header.Cost);
        if (written.Value is null) return await ClientCommand.FailAsync(error, ExitCode.Identity, written.Message).ConfigureAwait(false);
        return await SayAsync(result, written.Value, opened.Identity.Suite.Name).ConfigureAwait(false);
    }

    /// <summary>The password of a PEM key is another secret than the key file's passphrase.</summary>
    private static (RsaIdentity? Identity, string Message) LoadDht(Surroundings surroundings, ParseResult result, string pem) =>
        StockPair.Load(StockPair.BaseOf(pem) ?? pem, new PassphraseSource(surroundings, result.GetValue(DhtPasswordFile), DhtPasswordFile.Name, PassphraseSource.DhtVariable));

    private static async Task<int> SayAsync(ParseResult result, LockedKeyFile written, string suite)
    {
        await result.InvocationConfiguration.Output.WriteLineAsync(result.GetValue(Json) ? IdentityReport.Json(written, suite) : IdentityReport.Text(written, suite)).ConfigureAwait(false);
        if (written.Header.DhtKey.IsEmpty)
            await result.InvocationConfiguration.Error.WriteLineAsync("dna: it has no DHT identity yet: dna id restore looks for a backup, dna id import --dht takes one").ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
