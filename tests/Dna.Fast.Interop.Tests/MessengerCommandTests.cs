using System.Text.Json;
using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Interop.Tests;

/// <summary>Two people with the published binary, over one node: of ours, or a stock one that knows nothing of the DNA layer (section 20).</summary>
public sealed class MessengerCommandTests : IDisposable
{
    private readonly Identities _alice = new();
    private readonly Identities _bob = new();
    private readonly Identities _secondDevice = new();

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        _secondDevice.Dispose();
    }

    [Fact]
    public async Task Two_people_find_each_other_over_a_node_of_ours()
    {
        await using DnaProcess node = await DnaProcess.StartAsync();
        await MeetAsync(node.Address.ToString());
    }

    [Fact]
    public async Task Two_people_find_each_other_over_a_stock_node()
    {
        await using DhtNodeProcess node = await DhtNodeProcess.StartAsync();
        await MeetAsync(node.Address.ToString());
    }

    [Fact]
    public async Task Names_profiles_and_contacts_outlive_the_node_that_was_killed()
    {
        using var data = new TestDirectory();
        JsonElement alice;
        await using (DnaProcess node = await DnaProcess.StartAsync(new() { Data = data.FullName }))
        {
            string at = node.Address.ToString();
            alice = await _alice.NewAsync("alice");
            await RunAsync(_alice, at, "name", "register", "alice", "--key", "alice");
            await RunAsync(_alice, at, "contacts", "add", new string('a', 128), "--key", "alice");
            await node.StopAsync("KILL");
        }

        await using DnaProcess again = await DnaProcess.StartAsync(new() { Data = data.FullName });
        Assert.Equal(Fingerprint(alice), (await RunAsync(_bob, again.Address.ToString(), "name", "resolve", "alice")).Text);
        await RecoverAsync(alice);
        Assert.Equal([new string('a', 128)], Contacts(await RunAsync(_secondDevice, again.Address.ToString(), "contacts", "pull", "--key", "alice", "--json")));
    }

    /// <summary>Names, profiles, requests, contacts and presence, as two people use them; then a second device that has the words alone.</summary>
    private async Task MeetAsync(string at)
    {
        JsonElement alice = await _alice.NewAsync("alice", "messenger"), bob = await _bob.NewAsync("bob", "messenger");
        CommandResult nobody = await _bob.RunAsync("name", "lookup", "alice", "-b", at);
        Assert.Equal(1, nobody.ExitCode);
        await RunAsync(_alice, at, "name", "register", "Alice", "--key", "alice");
        await RunAsync(_bob, at, "id", "publish", "--key", "bob");
        await RunAsync(_bob, at, "name", "register", "bob", "--key", "bob");
        Assert.Equal(8, (await _bob.RunAsync("name", "register", "alice", "--key", "bob", "-b", at)).ExitCode);
        Assert.Equal(Fingerprint(alice), Json(await RunAsync(_bob, at, "name", "lookup", "ALICE", "--json")).GetProperty("fingerprint").GetString());
        Assert.True(Json(await RunAsync(_alice, at, "name", "reverse", Fingerprint(bob), "--json")).GetProperty("has_name").GetBoolean());

        await RunAsync(_alice, at, "profile", "set", "--bio", "I like ducks", "--social", "github=alice", "--key", "alice");
        await RunAsync(_alice, at, "profile", "set", "--location", "Here", "--key", "alice");
        JsonElement profile = Json(await RunAsync(_bob, at, "profile", "show", "alice", "--json"));
        Assert.Equal(("I like ducks", "Here", "Alice"), (Text(profile, "bio"), Text(profile, "location"), Text(profile, "name")));

        await RunAsync(_alice, at, "contacts", "request", "send", "bob", "--message", "May I?", "--key", "alice");
        JsonElement request = Json(await RunAsync(_bob, at, "contacts", "request", "list", "--json", "--key", "bob"));
        Assert.Equal((Fingerprint(alice), "Alice", "May I?"), (Text(request, "from"), Text(request, "name"), Text(request, "message")));
        await RunAsync(_bob, at, "contacts", "request", "accept", "alice", "--key", "bob");
        await RunAsync(_alice, at, "contacts", "add", "bob", "--key", "alice");
        await RunAsync(_bob, at, "presence", "publish", "--key", "bob");
        Assert.True(Json(await RunAsync(_alice, at, "presence", "show", "bob", "--json")).GetProperty("is_online").GetBoolean());

        await RecoverAsync(alice, "messenger");
        Assert.Equal([Fingerprint(bob)], Contacts(await RunAsync(_secondDevice, at, "contacts", "pull", "--key", "alice", "--json")));
        Assert.Equal(Fingerprint(bob), (await _secondDevice.SucceedAsync("contacts", "list", "--key", "alice")).Text);
        await RunAsync(_secondDevice, at, "contacts", "remove", "bob", "--key", "alice");
        Assert.Empty(Contacts(await RunAsync(_alice, at, "contacts", "pull", "--key", "alice", "--json")));
    }

    private static Task<CommandResult> RunAsync(Identities who, string at, params string[] arguments) => who.SucceedAsync([.. arguments, "-b", at, "--timeout", "60"]);

    private static JsonElement Json(CommandResult result) => JsonDocument.Parse(Assert.Single(result.Output)).RootElement;

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static string Fingerprint(JsonElement identity) => Text(identity, "fingerprint");

    private static IEnumerable<string?> Contacts(CommandResult result) => Json(result).GetProperty("contacts").EnumerateArray().Select(one => one.GetString());

    private async Task RecoverAsync(JsonElement made, string suite = "fast")
    {
        string words = _secondDevice.File("words");
        await File.WriteAllTextAsync(words, Text(made, "mnemonic"));
        await _secondDevice.SucceedAsync("id", "recover", "--name", "alice", "--suite", suite, "--dht-bits", "2048", "--words-file", words);
        File.Delete(words);
    }
}
