using System.Text.Json;

namespace Dna.Fast.Tests.Messaging;

public sealed class PresenceCommandTests : IDisposable
{
    private readonly MessengerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Where_somebody_is_can_be_read_by_everybody()
    {
        (JsonElement alice, _) = await _bench.MakeAsync();
        string fingerprint = alice.GetProperty("fingerprint").GetString()!;
        Assert.Contains("has published nothing yet", await _bench.FailAsync(ExitCode.Failed, _bench.Bob, "presence", "show", fingerprint), StringComparison.Ordinal);
        await _bench.SucceedAsync(_bench.Alice, "id", "publish");
        Assert.Contains("has not been online", await _bench.FailAsync(ExitCode.Failed, _bench.Bob, "presence", "show", fingerprint), StringComparison.Ordinal);

        // The node saw us at the loopback.
        JsonElement published = (await _bench.SucceedAsync(_bench.Alice, "presence", "publish", "--json")).Json;
        Assert.Equal(("127.0.0.1", 4001), (published.GetProperty("ip").GetString(), published.GetProperty("port").GetInt32()));
        JsonElement shown = (await _bench.SucceedAsync(_bench.Bob, "presence", "show", fingerprint, "--json")).Json;
        Assert.True(shown.GetProperty("is_online").GetBoolean());
        Assert.True(shown.GetProperty("verified").GetBoolean());
        Assert.Equal("127.0.0.1", shown.GetProperty("ip").GetString());
    }

    [Fact]
    public async Task An_address_that_is_said_counts()
    {
        (JsonElement alice, _) = await _bench.MakeAsync();
        await _bench.SucceedAsync(_bench.Alice, "id", "publish");
        await _bench.SucceedAsync(_bench.Alice, "presence", "publish", "--address", "2001:db8::7", "--port", "5000");
        Assert.StartsWith("online, at [2001:db8::7]:5000 on ", (await _bench.SucceedAsync(_bench.Bob, "presence", "show", alice.GetProperty("fingerprint").GetString()!)).Output, StringComparison.Ordinal);
        await _bench.FailAsync(ExitCode.Usage, _bench.Alice, "presence", "publish", "--address", "here");
        await _bench.FailAsync(ExitCode.Usage, _bench.Alice, "presence", "publish", "--port", "0");
    }
}
