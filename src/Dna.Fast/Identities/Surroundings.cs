using System.Security.Cryptography;
using Dna.Fast.Identity;
using Dna.Fast.Messenger;

namespace Dna.Fast.Identities;

/// <summary>What identity commands take from the process they run in, so that tests can give them another.</summary>
internal sealed record Surroundings
{
    /// <summary>Opens the terminal; null when nobody sits there.</summary>
    public Func<ITerminal?> OpenTerminal { get; init; } = Terminal.Open;

    /// <summary>The standard input.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>What guessing the passphrase of a new key file costs.</summary>
    public PassphraseCost Cost { get; init; } = PassphraseCost.Default;

    public UserSuites Suites { get; } = new(RandomNumberGenerator.Fill);

    /// <summary>Whose records are read: those of all suites.</summary>
    public SuiteSet RecordSuites => new(Suites.Messenger, Suites.Fast);

    public KeyFileStore KeyFiles => new(Suites, RandomNumberGenerator.Fill);
}
