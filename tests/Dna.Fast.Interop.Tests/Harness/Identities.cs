using System.Text.Json;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>A home with identities made by the program under test, and its commands run in that home with nobody at a terminal.</summary>
internal sealed class Identities : IDisposable
{
    public const string Passphrase = "correct horse battery";

    /// <summary>Deriving RSA-4096 takes seconds of a whole processor, and a busy machine gives a small part of one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TestDirectory _home = new();

    public string FullName => _home.FullName;

    public string File(string name) => _home.File(name);

    /// <summary>Runs a command in this home, where every key file has <see cref="Passphrase"/>.</summary>
    public Task<CommandResult> RunAsync(params string[] arguments) => DnaCommand.RunAfterAsync(Surroundings, Patience, arguments);

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<CommandResult> SucceedAsync(params string[] arguments)
    {
        CommandResult result = await RunAsync(arguments);
        if (result.ExitCode != 0) Assert.Fail($"dna {string.Join(' ', arguments)}: {result}");
        return result;
    }

    /// <summary>Starts a command that goes on.</summary>
    public ChildProcess Start(params string[] arguments) => DnaBinary.Start(arguments, Surroundings);

    /// <summary>Makes an identity in <c>~/.dna/NAME.key</c>.</summary>
    /// <returns>What it printed; <c>mnemonic</c> has its words.</returns>
    public async Task<JsonElement> NewAsync(string name, string suite = "fast", int dhtBits = 2048)
    {
        CommandResult made = await SucceedAsync("id", "new", "--json", "--name", name, "--suite", suite, "--dht-bits", $"{dhtBits}");
        return JsonDocument.Parse(Assert.Single(made.Output)).RootElement;
    }

    public void Dispose() => _home.Dispose();

    private IReadOnlyList<string> Surroundings => ["/usr/bin/env", "HOME=" + _home.FullName, "DNA_PASSPHRASE=" + Passphrase];
}
