using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Aot.Tests;

/// <summary>The promise of an acknowledgement: the value is there after SIGKILL at any instant.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Rounds = 25;

    [Fact]
    public async Task Pain_11_every_acknowledged_value_survives_a_kill_byte_for_byte_and_once()
    {
        int seed = Environment.GetEnvironmentVariable("KILL_SEED") is { Length: > 0 } given ? int.Parse(given) : Random.Shared.Next();
        output.WriteLine($"KILL_SEED={seed}");
        var random = new Random(seed);
        using var directory = new TestDirectory();
        var options = new DnaOptions { Data = directory.File("state"), More = ["--rate-limit", "off"] };
        var all = new List<(InfoHash Key, byte[] Packed)>();
        for (int round = 0; round < Rounds; round++)
        {
            await using DnaProcess node = await DnaProcess.StartAsync(options);
            Assert.True(node.Values >= all.Count, $"round {round}: {node.Values} values of {all.Count} acknowledged ones");
            using var load = new PutLoad(node.Address, random);
            int from = all.Count;
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            int count = random.Next(1, 600);
            Task running = Task.Factory.StartNew(() => load.Run(count, enough), TaskCreationOptions.LongRunning);
            await Task.WhenAny(enough.Task, running).WaitAsync(TimeSpan.FromSeconds(60));
            await node.StopAsync("KILL");
            await running.WaitAsync(TimeSpan.FromSeconds(30));
            Assert.True(enough.Task.IsCompleted, "the load ended before the kill");
            all.AddRange(load.Acknowledged);
        }

        output.WriteLine($"{all.Count} values acknowledged");
        await using DnaProcess last = await DnaProcess.StartAsync(options);
        using var reader = new PutLoad(last.Address, random);
        foreach ((InfoHash key, byte[] packed) in all) Assert.Equal(packed, Assert.Single(reader.Get(key)));
        Assert.Equal(0, (await last.StatusAsync()).GetProperty("store").GetProperty("damaged").GetInt64());
    }
}
