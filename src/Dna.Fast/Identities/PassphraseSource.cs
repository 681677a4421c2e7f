using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Identity;

namespace Dna.Fast.Identities;

/// <summary>A passphrase that was given, or why there is none.</summary>
/// <param name="Bytes">UTF-8, which the taker disposes; null when <paramref name="Problem"/> says why.</param>
/// <param name="IsTyped">True: a person typed it and can try again.</param>
internal readonly record struct GivenPassphrase(SecretBytes? Bytes, bool IsTyped, string? Problem)
{
    public static GivenPassphrase None(string problem) => new(null, false, problem);
}

/// <summary>Where a passphrase comes from: a file, else an environment variable, else a person at the terminal. Never an argument, which everybody on the machine can see.</summary>
/// <param name="file">What was said for it; null: nothing.</param>
/// <param name="option">The option that says a file, for messages.</param>
/// <param name="variable">The environment variable.</param>
internal sealed class PassphraseSource(Surroundings surroundings, string? file, string option, string variable)
{
    public const string Variable = "DNA_PASSPHRASE";
    public const string NewVariable = "DNA_NEW_PASSPHRASE";
    public const string DhtVariable = "DNA_DHT_PASSWORD";

    /// <summary>Longest passphrase: a line of the terminal.</summary>
    private const int BytesMax = 4_095;

    /// <summary>Shorter ones are taken with a warning: with Argon2id, eight random characters hold for years, eight of a word for minutes.</summary>
    private const int GoodBytes = 12;

    /// <summary>The passphrase of something that exists.</summary>
    /// <param name="what">For the prompt: whose passphrase.</param>
    public GivenPassphrase Get(string what)
    {
        if (file is not null || surroundings.Variable(variable) is not null) return Given();
        using ITerminal? terminal = surroundings.OpenTerminal();
        if (terminal is null) return Nobody();
        return terminal.ReadSecret($"Passphrase of {what}: ") is { } typed ? new GivenPassphrase(typed, true, null) : GivenPassphrase.None("no passphrase was given");
    }

    /// <summary>A passphrase to be set; a person types it twice.</summary>
    /// <param name="warn">Told when it is weak.</param>
    public GivenPassphrase GetNew(Action<string> warn)
    {
        GivenPassphrase chosen = file is not null || surroundings.Variable(variable) is not null ? Given() : Ask();
        if (chosen.Bytes is not { } bytes) return chosen;
        if (bytes.Length == 0)
        {
            bytes.Dispose();
            return GivenPassphrase.None("an empty passphrase protects nothing");
        }

        if (bytes.Length < GoodBytes) warn($"the passphrase is short: {GoodBytes} characters or more are better");
        return chosen;
    }

    private GivenPassphrase Ask()
    {
        using ITerminal? terminal = surroundings.OpenTerminal();
        if (terminal is null) return Nobody();
        SecretBytes? first = terminal.ReadSecret("New passphrase: ");
        using SecretBytes? second = first is null ? null : terminal.ReadSecret("Again: ");
        if (first is not null && second is not null && CryptographicOperations.FixedTimeEquals(first.Span, second.Span)) return new GivenPassphrase(first, true, null);
        first?.Dispose();
        return GivenPassphrase.None(second is null ? "no passphrase was given" : "the two passphrases are not the same");
    }

    private GivenPassphrase Given()
    {
        if (file is null)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(surroundings.Variable(variable)!);
            using var copy = new ZeroedAfterwards(bytes);
            return bytes.Length > BytesMax ? TooLong() : new GivenPassphrase(SecretBytes.Copy(bytes), false, null);
        }

        try
        {
            using Stream stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            using SecretBytes? line = SecretLines.ReadFirst(stream, BytesMax);
            return line is null ? TooLong() : new GivenPassphrase(SecretBytes.Copy(line.Span), false, null);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return GivenPassphrase.None($"the passphrase's file cannot be read: {refusal.Message}");
        }
    }

    private static GivenPassphrase TooLong() => GivenPassphrase.None($"the passphrase is longer than {BytesMax} bytes");

    private GivenPassphrase Nobody() => GivenPassphrase.None($"there is no terminal to ask for the passphrase at: use {option} FILE or the environment variable {variable}");

    private readonly ref struct ZeroedAfterwards(byte[] bytes)
    {
        public void Dispose() => CryptographicOperations.ZeroMemory(bytes);
    }
}
