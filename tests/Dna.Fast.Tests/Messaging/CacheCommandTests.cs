using System.Text.Json;
using Dna.Fast.Identities;

namespace Dna.Fast.Tests.Messaging;

public sealed class CacheCommandTests : IDisposable
{
    private readonly MessengerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task What_a_command_read_is_remembered_until_it_is_cleared_and_needs_no_passphrase()
    {
        await _bench.MakeAsync();
        Assert.Equal(0, await EntriesAsync());
        await _bench.SucceedAsync(_bench.Bob, "name", "register", "bob");
        await _bench.SucceedAsync(_bench.Alice, "contacts", "add", "bob");
        _bench.Alice[PassphraseSource.Variable] = null;
        Assert.Equal(1, await EntriesAsync());
        string root = Path.Combine(_bench.Alice.Folder, "messenger");
        string[] files = Directory.GetFiles(root, "*.cache");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Equal(1, (await _bench.Alice.RunAsync("cache", "clear", "--json")).Json.GetProperty("cleared").GetInt32());
        Assert.Equal(0, await EntriesAsync());
        // The contact is data, and stays.
        _bench.Alice[PassphraseSource.Variable] = Id.IdBench.Passphrase;
        Assert.NotEmpty((await _bench.Alice.RunAsync("contacts", "list")).Output);
    }

    [Fact]
    public async Task A_damaged_cache_is_left_out_and_said()
    {
        await _bench.MakeAsync();
        await _bench.SucceedAsync(_bench.Bob, "name", "register", "bob");
        await _bench.SucceedAsync(_bench.Alice, "contacts", "add", "bob");
        foreach (string file in Directory.GetFiles(Path.Combine(_bench.Alice.Folder, "messenger"), "*.cache")) await File.WriteAllTextAsync(file, "damaged");
        JsonElement stats = (await _bench.Alice.RunAsync("cache", "stats", "--json")).Json;
        Assert.Equal(0, stats.GetProperty("entries").GetInt32());
        Assert.True(stats.GetProperty("regions").EnumerateArray().Sum(region => region.GetProperty("damaged").GetInt32()) > 0);
        await _bench.SucceedAsync(_bench.Alice, "contacts", "add", "bob");
    }

    private async Task<int> EntriesAsync()
    {
        Id.IdResult stats = await _bench.Alice.RunAsync("cache", "stats", "--json");
        Assert.True(stats.Code == ExitCode.Ok, stats.ToString());
        return stats.Json.GetProperty("entries").GetInt32();
    }
}
