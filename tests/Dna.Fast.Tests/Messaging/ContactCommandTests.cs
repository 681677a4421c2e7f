using System.Text.Json;
using Dna.Fast.Tests.Id;

namespace Dna.Fast.Tests.Messaging;

public sealed class ContactCommandTests : IDisposable
{
    private readonly MessengerBench _bench = new();
    private readonly IdBench _secondDevice = new();

    public void Dispose()
    {
        _bench.Dispose();
        _secondDevice.Dispose();
    }

    [Fact]
    public async Task Contacts_follow_the_words_to_a_second_device_and_so_does_a_removal()
    {
        (JsonElement alice, JsonElement bob) = await _bench.MakeAsync();
        string bobs = bob.GetProperty("fingerprint").GetString()!, stranger = new('a', 128);
        await _bench.SucceedAsync(_bench.Bob, "name", "register", "bob");
        Assert.Contains("no contacts in the network", await _bench.FailAsync(ExitCode.Failed, _bench.Alice, "contacts", "pull"), StringComparison.Ordinal);
        await _bench.SucceedAsync(_bench.Alice, "contacts", "add", "bob");
        await _bench.SucceedAsync(_bench.Alice, "contacts", "add", stranger.ToUpperInvariant());
        await _bench.SucceedAsync(_bench.Alice, "contacts", "add", "Bob");
        Assert.Equal([bobs, stranger], await ListAsync(_bench.Alice));

        await RecoverAsync(alice);
        Assert.Empty(await ListAsync(_secondDevice));
        await _bench.SucceedAsync(_secondDevice, "contacts", "pull");
        Assert.Equal([bobs, stranger], await ListAsync(_secondDevice));
        await _bench.SucceedAsync(_secondDevice, "contacts", "remove", stranger);
        Assert.Equal([bobs], (await _bench.SucceedAsync(_bench.Alice, "contacts", "pull", "--json")).Json.GetProperty("contacts").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal([bobs], await ListAsync(_bench.Alice));
    }

    [Fact]
    public async Task A_contact_added_while_the_network_is_away_is_kept_and_the_next_push_sends_it()
    {
        (JsonElement alice, JsonElement bob) = await _bench.MakeAsync();
        string bobs = bob.GetProperty("fingerprint").GetString()!, other = new('b', 128);
        await _bench.SucceedAsync(_bench.Alice, "contacts", "add", other);
        IdResult away = await _bench.Alice.RunAsync("contacts", "add", bobs, "-b", "127.0.0.1:1", "--timeout", "1");
        Assert.Equal((ExitCode.Unreachable, ""), (away.Code, away.Output));
        Assert.Contains("contacts push", away.Error, StringComparison.Ordinal);
        Assert.Equal([other, bobs], await ListAsync(_bench.Alice));
        // What the network does not have is not taken away by it.
        await _bench.SucceedAsync(_bench.Alice, "contacts", "pull");
        Assert.Equal([other, bobs], await ListAsync(_bench.Alice));
        await _bench.SucceedAsync(_bench.Alice, "contacts", "push");
        await RecoverAsync(alice);
        await _bench.SucceedAsync(_secondDevice, "contacts", "pull");
        Assert.Equal([other, bobs], await ListAsync(_secondDevice));
    }

    [Fact]
    public async Task Commands_at_once_lose_no_contact_of_each_other()
    {
        await _bench.Alice.NewAsync();
        string[] contacts = [.. "abcd".Select(digit => new string(digit, 128))];
        IdResult[] added = await Task.WhenAll(contacts.Select(contact => _bench.Alice.RunAsync("contacts", "add", contact, "-b", "127.0.0.1:1", "--timeout", "5")));
        Assert.All(added, result => Assert.Equal(ExitCode.Unreachable, result.Code));
        Assert.Equal(contacts, (await ListAsync(_bench.Alice)).Order());
    }

    [Fact]
    public async Task The_list_is_kept_for_its_owner_alone_and_a_damaged_one_is_set_aside()
    {
        (JsonElement alice, JsonElement bob) = await _bench.MakeAsync();
        string fingerprint = alice.GetProperty("fingerprint").GetString()!;
        await _bench.SucceedAsync(_bench.Alice, "contacts", "add", bob.GetProperty("fingerprint").GetString()!);
        string root = Path.Combine(_bench.Alice.Folder, "messenger"), folder = Path.Combine(root, fingerprint), file = Path.Combine(folder, "contacts");
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal(own, File.GetUnixFileMode(file));
            foreach (string one in (string[])[root, folder]) Assert.Equal(own | UnixFileMode.UserExecute, File.GetUnixFileMode(one));
        }

        byte[] damaged = await File.ReadAllBytesAsync(file);
        Assert.Equal(-1, damaged.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(bob.GetProperty("fingerprint").GetString()!)));
        damaged[^1] ^= 1;
        await File.WriteAllBytesAsync(file, damaged);
        IdResult listed = await _bench.Alice.RunAsync("contacts", "list");
        Assert.Equal((ExitCode.Ok, ""), (listed.Code, listed.Output));
        Assert.Contains("damaged", listed.Error, StringComparison.Ordinal);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(file + ".damaged"));
        await _bench.SucceedAsync(_bench.Alice, "contacts", "pull");
        Assert.Single(await ListAsync(_bench.Alice));
        // Elsewhere there is another list.
        Assert.Empty(await ListAsync(_bench.Alice, "--state", _bench.Alice.File("elsewhere")));
    }

    [Fact]
    public async Task Who_asks_is_accepted_or_declined_and_learns_of_the_first()
    {
        (JsonElement alice, JsonElement bob) = await _bench.MakeAsync();
        string alices = alice.GetProperty("fingerprint").GetString()!, bobs = bob.GetProperty("fingerprint").GetString()!;
        await _bench.SucceedAsync(_bench.Bob, "name", "register", "bob");
        Assert.Empty((await _bench.SucceedAsync(_bench.Bob, "contacts", "request", "list")).Output);
        await _bench.SucceedAsync(_bench.Alice, "contacts", "request", "send", "bob", "--name", "al", "--message", "May I?\n");
        JsonElement asked = (await _bench.SucceedAsync(_bench.Bob, "contacts", "request", "list", "--json")).Json;
        Assert.Equal((alices, "al", "May I?\n"), (asked.GetProperty("from").GetString(), asked.GetProperty("name").GetString(), asked.GetProperty("message").GetString()));
        Assert.False(asked.GetProperty("is_contact").GetBoolean());
        await _bench.SucceedAsync(_bench.Bob, "contacts", "request", "accept", alices);
        Assert.Equal([alices], await ListAsync(_bench.Bob));
        Assert.True((await _bench.SucceedAsync(_bench.Bob, "contacts", "request", "list", "--json")).Json.GetProperty("is_contact").GetBoolean());

        JsonElement answer = (await _bench.SucceedAsync(_bench.Alice, "contacts", "request", "list", "--json")).Json;
        Assert.Equal((bobs, "bob"), (answer.GetProperty("from").GetString(), answer.GetProperty("name").GetString()));
        await _bench.SucceedAsync(_bench.Alice, "contacts", "request", "decline", bobs);
        Assert.Empty((await _bench.SucceedAsync(_bench.Alice, "contacts", "request", "list")).Output);
        foreach (string verb in (string[])["accept", "decline"])
            Assert.Contains("no request of", await _bench.FailAsync(ExitCode.Failed, _bench.Alice, "contacts", "request", verb, "bob"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_a_contact_of_their_own()
    {
        (JsonElement alice, _) = await _bench.MakeAsync();
        string fingerprint = alice.GetProperty("fingerprint").GetString()!;
        await _bench.FailAsync(ExitCode.Usage, _bench.Alice, "contacts", "add", fingerprint);
        await _bench.FailAsync(ExitCode.Usage, _bench.Alice, "contacts", "request", "send", fingerprint);
        await _bench.FailAsync(ExitCode.Usage, _bench.Alice, "contacts", "request", "send", "bob", "--message", new string('x', 256));
        await _bench.FailAsync(ExitCode.Usage, _bench.Alice, "contacts", "add", "al");
        await _bench.FailAsync(ExitCode.Failed, _bench.Alice, "contacts", "add", "nobody");
    }

    private static async Task<string[]> ListAsync(IdBench who, params string[] more)
    {
        IdResult listed = await who.RunAsync(["contacts", "list", .. more]);
        Assert.True(listed.Code == ExitCode.Ok, listed.ToString());
        return listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task RecoverAsync(JsonElement made)
    {
        _secondDevice[Identities.PassphraseSource.Variable] = "another passphrase";
        IdResult recovered = await _secondDevice.RunAsync(
            null, made.GetProperty("mnemonic").GetString()!, ["id", "recover", "--words-file", "-", "--suite", made.GetProperty("suite").GetString()!, "--dht-bits", "2048"]);
        Assert.True(recovered.Code == ExitCode.Ok, recovered.ToString());
    }
}
