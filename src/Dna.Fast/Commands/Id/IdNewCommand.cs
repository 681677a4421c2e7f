using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Dna.Fast.Client;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Commands.Id;

/// <summary><c>dna id new</c>: makes an identity and shows its words once.</summary>
internal static class IdNewCommand
{
    /// <summary>256 bits; fewer words are as safe as their bits.</summary>
    private const int WordsDefault = 24;

    private static readonly TextOption<string> Suite = IdOptions.Suite();

    private static readonly TextOption<int> Words = Texts.Option(
        "--words", "How many words it has: 12, 15, 18, 21 or 24", "N", ($"{WordsDefault}", WordsDefault), TryWords, "12, 15, 18, 21 or 24");

    private static readonly TextOption<string> Name = IdOptions.Name();

    private static readonly Option<string?> Out = IdOptions.Out();

    private static readonly TextOption<int> DhtBits = IdOptions.DhtBits();

    private static readonly Option<string?> PassphraseFile = IdOptions.PassphraseFile();

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object, with the words in it: for programs that keep a secret" };

    public static Command Create(Surroundings surroundings)
    {
        var command = new DnaCommand(
            "new",
            "Makes an identity: shows its words once, on the terminal, and keeps its keys in a file under a passphrase.",
            "dna id new",
            "dna id new --name alice --suite fast --words 12",
            "dna id new --out /media/stick/alice.key --passphrase-file /run/secrets/passphrase --json")
        {
            Suite, Words, Name, Out, DhtBits, PassphraseFile, Json,
        };
        command.SetAction((result, cancellation) => RunAsync(surroundings, result, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, ParseResult result, CancellationToken cancellation)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        bool isJson = result.GetValue(Json);
        if (await NewKeyFile.PlaceAsync(surroundings, error, result.GetValue(Out), Name.Read(result)).ConfigureAwait(false) is not { } file) return ExitCode.Identity;
        using ITerminal? terminal = isJson ? null : surroundings.OpenTerminal();
        // A file or a log is no place for words that nobody asked to have there.
        if (terminal is null && !isJson)
            return await ClientCommand.FailAsync(error, ExitCode.Identity, "there is no terminal to show the words at: use --json, and keep what it prints secret").ConfigureAwait(false);
        var source = new PassphraseSource(surroundings, result.GetValue(PassphraseFile), PassphraseFile.Name, PassphraseSource.Variable);
        using SecretBytes? passphrase = await file.AskPassphraseAsync(source).ConfigureAwait(false);
        if (passphrase is null) return ExitCode.Identity;

        using Mnemonic mnemonic = Random(Words.Read(result));
        using UserIdentity identity = MnemonicIdentity.Of(mnemonic, surroundings.Suites.Find(Suite.Read(result))!, Name.Read(result));
        await DhtDerivation.RunAsync(identity, DhtBits.Read(result), error, cancellation).ConfigureAwait(false);
        if (await file.WriteAsync(identity, passphrase).ConfigureAwait(false) is not { } written) return ExitCode.Identity;
        if (terminal is not null)
        {
            MnemonicWords.Show(terminal, mnemonic);
            await result.InvocationConfiguration.Output.WriteLineAsync(IdentityReport.Text(written, identity.Suite.Name)).ConfigureAwait(false);
            return ExitCode.Ok;
        }

        string? line = null;
        MnemonicWords.WithWords(mnemonic, words => line = JsonLine.Write(json =>
        {
            IdentityReport.Write(json, written, identity.Suite.Name);
            json.WriteString("mnemonic", words);
        }));
        await result.InvocationConfiguration.Output.WriteLineAsync(line).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static Mnemonic Random(int words)
    {
        using var entropy = new SecretBytes(Mnemonic.EntropyBytes(words));
        RandomNumberGenerator.Fill(entropy.Span);
        return Mnemonic.FromEntropy(entropy.Span);
    }

    private static bool TryWords(string text, out int words) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out words) && Mnemonic.EntropyBytes(words) != 0;
}
