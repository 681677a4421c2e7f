using System.CommandLine;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Commands.Id;

/// <summary><c>dna id recover</c>: makes a key file again from its words.</summary>
internal static class IdRecoverCommand
{
    /// <summary>How often a person may type the words.</summary>
    private const int AttemptsMax = 3;

    private static readonly Option<string?> WordsFile = new("--words-file")
    {
        Description = "Takes the words from a file instead of asking; - is the standard input",
        HelpName = "F",
    };

    private static readonly TextOption<string> Suite = IdOptions.Suite();

    private static readonly TextOption<string> Name = IdOptions.Name();

    private static readonly Option<string?> Out = IdOptions.Out();

    private static readonly TextOption<int> DhtBits = IdOptions.DhtBits();

    private static readonly Option<string?> PassphraseFile = IdOptions.PassphraseFile();

    private static readonly Option<bool> Json = IdOptions.Json();

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "recover",
            "Makes a key file from the words of an identity: the same words and suite give the same keys, and the same DHT identity.",
            "dna id recover",
            "dna id recover --suite fast --out alice.key",
            "dna id recover --words-file - --passphrase-file /run/secrets/passphrase --json < words")
        {
            WordsFile, Suite, Name, Out, DhtBits, PassphraseFile, Json,
        };
        command.SetAction((result, cancellation) => RunAsync(surroundings, result, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, ParseResult result, CancellationToken cancellation)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        if (await NewKeyFile.PlaceAsync(surroundings, error, result.GetValue(Out), Name.Read(result)).ConfigureAwait(false) is not { } file) return ExitCode.Identity;
        using Mnemonic? mnemonic = result.GetValue(WordsFile) is { } from ? await ReadAsync(surroundings, error, from).ConfigureAwait(false) : await AskAsync(surroundings, error).ConfigureAwait(false);
        if (mnemonic is null) return ExitCode.Identity;
        var source = new PassphraseSource(surroundings, result.GetValue(PassphraseFile), PassphraseFile.Name, PassphraseSource.Variable);
        using SecretBytes? passphrase = await file.AskPassphraseAsync(source).ConfigureAwait(false);
        if (passphrase is null) return ExitCode.Identity;

        using UserIdentity identity = MnemonicIdentity.Of(mnemonic, surroundings.Suites.Find(Suite.Read(result))!, Name.Read(result));
        await DhtDerivation.RunAsync(identity, DhtBits.Read(result), error, cancellation).ConfigureAwait(false);
        if (await file.WriteAsync(identity, passphrase).ConfigureAwait(false) is not { } written) return ExitCode.Identity;
        string report = result.GetValue(Json) ? IdentityReport.Json(written, identity.Suite.Name) : IdentityReport.Text(written, identity.Suite.Name);
        await result.InvocationConfiguration.Output.WriteLineAsync(report).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static async Task<Mnemonic?> ReadAsync(Surroundings surroundings, TextWriter error, string from)
    {
        try
        {
            Stream stream = from == "-" ? surroundings.OpenInput() : new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            await using (stream.ConfigureAwait(false))
            {
                Mnemonic? mnemonic = MnemonicWords.Read(stream, out string? problem);
                if (mnemonic is null) await error.WriteLineAsync("dna: " + problem).ConfigureAwait(false);
                return mnemonic;
            }
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync("dna: the words cannot be read: " + refusal.Message).ConfigureAwait(false);
            return null;
        }
    }

    private static async Task<Mnemonic?> AskAsync(Surroundings surroundings, TextWriter error)
    {
        using ITerminal? terminal = surroundings.OpenTerminal();
        if (terminal is null)
        {
            await error.WriteLineAsync("dna: there is no terminal to ask for the words at: use --words-file").ConfigureAwait(false);
            return null;
        }

        for (int attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            if (MnemonicWords.Ask(terminal, out string? problem) is { } mnemonic) return mnemonic;
            // To the terminal alone: near words tell part of the secret, and the error output may be a log.
            terminal.Write($"dna: {problem}\n");
        }

        await error.WriteLineAsync("dna: no mnemonic was given").ConfigureAwait(false);
        return null;
    }
}
