using System.Text.Json;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>Users of the messenger commands on one machine, and the node they ask.</summary>
internal sealed class Chat(string at) : IDisposable
{
    /// <summary>For one command: it may wait for many others on a busy machine, and for nodes that are gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Dictionary<string, JsonElement> _users = [];

    /// <summary>The node that is asked: another after it died.</summary>
    public string At { get; set; } = at;

    public Identities Home { get; } = new();

    /// <summary>Makes identities with names, all at once.</summary>
    public async Task NewAsync(string suite, params string[] names)
    {
        JsonElement[] made = await Task.WhenAll(names.Select(name => Home.NewAsync(name, suite)));
        for (int i = 0; i < names.Length; i++) _users[names[i]] = made[i];
        await Task.WhenAll(names.Select(name => RunAsync(name, "name", "register", name)));
    }

    public string FingerprintOf(string user) => _users[user].GetProperty("fingerprint").GetString()!;

    /// <summary>The words of an identity.</summary>
    public string WordsOf(string user) => _users[user].GetProperty("mnemonic").GetString()!;

    public string KeyIdOf(string user) => _users[user].GetProperty("dht_key_id").GetString()!;

    /// <summary>Runs a user's command, which must succeed.</summary>
    public Task<CommandResult> RunAsync(string user, params string[] command) => Home.SucceedAsync([.. command, "--key", user, "-b", At]);

    /// <summary>Runs a user's command to its end, whatever that is.</summary>
    public Task<CommandResult> TryAsync(string user, params string[] command) => Home.RunAsync([.. command, "--key", user, "-b", At]);

    /// <summary>Runs a user's command, which must succeed.</summary>
    /// <returns>The objects it printed.</returns>
    public async Task<IReadOnlyList<JsonElement>> JsonAsync(string user, params string[] command) => Objects(await RunAsync(user, [.. command, "--json"]));

    /// <summary>Runs a command that needs nobody's keys, and must succeed.</summary>
    /// <returns>The objects it printed.</returns>
    public async Task<IReadOnlyList<JsonElement>> AskAsync(params string[] command) => Objects(await Home.SucceedAsync([.. command, "--json", "-b", At]));

    /// <summary>Runs a user's command with these lines on its standard input; it must succeed.</summary>
    /// <returns>The objects it printed.</returns>
    public async Task<IReadOnlyList<JsonElement>> PipeAsync(string user, IEnumerable<string> lines, params string[] command)
    {
        string[] arguments = [.. command, "--lines", "--json", "--key", user, "-b", At];
        await using ChildProcess process = Home.Start(arguments);
        foreach (string line in lines) process.WriteLine(line);
        process.CloseInput();
        int? code = await process.WaitForExitAsync(Patience);
        CommandResult result = new(code ?? -1, process.Output.Since(0), process.Errors.Since(0));
        if (code != 0) Assert.Fail($"dna {string.Join(' ', arguments)}: {result}");
        return Objects(result);
    }

    public void Dispose() => Home.Dispose();

    public static IReadOnlyList<JsonElement> Objects(CommandResult result) => [.. result.Output.Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>What the objects have under <c>text</c>, in their order.</summary>
    public static IReadOnlyList<string> Texts(IEnumerable<JsonElement> objects) => [.. objects.Select(message => message.GetProperty("text").GetString()!)];
}
