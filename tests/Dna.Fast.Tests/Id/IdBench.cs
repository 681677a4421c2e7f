using System.Runtime.CompilerServices;
using System.Text.Json;
using Dna.Fast.Commands;
using Dna.Fast.Identities;
using Dna.Fast.Identity;

namespace Dna.Fast.Tests.Id;

/// <summary>How a command ended, and all it wrote.</summary>
internal sealed record IdResult(int Code, string Output, string Error, string Screen)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public string All => Output + Error + Screen;

    public override string ToString() => $"{Code}: {Output}{Error}";
}

/// <summary>A home of a test's own, and the commands run in it.</summary>
internal sealed class IdBench : IDisposable
{
    public const string Passphrase = "correct horse battery";

    private readonly Dictionary<string, string> _variables = [];

    public IdBench() => _variables["HOME"] = Home;

    public string Home { get; } = Directory.CreateTempSubdirectory("dna-id-").FullName;

    public string Folder => Path.Combine(Home, ".dna");

    /// <summary>Everything any command wrote so far, but for what was said to contain secrets.</summary>
    public string Written { get; private set; } = "";

    public string? this[string variable]
    {
        set
        {
            if (value is null) _variables.Remove(variable);
            else _variables[variable] = value;
        }
    }

    // The executable says the same before its first command.
    [ModuleInitializer]
    internal static void Load() => SodiumLibrary.Use(() => typeof(CommandLineRoot).Assembly.GetManifestResourceStream("libsodium"));

    public string File(string name) => Path.Combine(Home, name);

    /// <summary>Runs a command with nobody at the terminal.</summary>
    public Task<IdResult> RunAsync(params string[] arguments) => RunAsync(null, "", arguments);

    public async Task<IdResult> RunAsync(FakeTerminal? terminal, string input, string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string before = terminal?.Screen ?? "";
        var surroundings = new Surroundings
        {
            OpenTerminal = () => terminal,
            OpenInput = () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input)),
            Variable = name => _variables.GetValueOrDefault(name),
            Cost = new PassphraseCost(PassphraseCost.MemoryKiBMin, 1),
        };
        int code = await CommandLineRoot.InvokeAsync(arguments, output, error, surroundings);
        var result = new IdResult(code, output.ToString(), error.ToString(), (terminal?.Screen ?? "")[before.Length..]);
        if (arguments is ["id", "new", ..]) return result;
        lock (_variables) Written += result.All;
        return result;
    }

    /// <summary>Makes an identity under <see cref="Passphrase"/>, with a DHT identity of 2048 bits.</summary>
    /// <returns>What it printed; <c>mnemonic</c> has its words.</returns>
    public async Task<JsonElement> NewAsync(string suite = "fast", params string[] more)
    {
        this[PassphraseSource.Variable] = Passphrase;
        IdResult made = await RunAsync(["id", "new", "--json", "--suite", suite, "--dht-bits", "2048", .. more]);
        Assert.True(made.Code == ExitCode.Ok, made.ToString());
        return made.Json;
    }

    public void Dispose() => Directory.Delete(Home, recursive: true);
}
