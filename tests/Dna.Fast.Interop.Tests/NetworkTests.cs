using System.Diagnostics;
using System.Net;
using Dna.Fast.Interop.Tests.Harness;
using Dna.Fast.Wire;

namespace Dna.Fast.Interop.Tests;

/// <summary>30 nodes of ours and 3 stock nodes in one network: who keeps what (wire specification, section 6.4).</summary>
/// <remarks>
/// Runs when nothing else does: a node that takes more than a second to answer is passed over for the next one (section 1.5), rightly, and then others than
/// the closest hold the value.
/// </remarks>
[Collection(nameof(Undisturbed))]
public sealed class NetworkTests
{
    private const int DnaCount = 30;
    private const int StockCount = 3;

    /// <summary>Two idle rounds of maintenance may lie before the last gap is closed (section 6.3).</summary>
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(40);

    private static readonly string[] PutWords = [.. Enumerable.Range(0, 6).Select(index => $"placed{index}")];
    private static readonly string[] ListenWords = [.. Enumerable.Range(0, StockCount).Select(index => $"listened{index}")];

    [Fact]
    public async Task A_put_reaches_exactly_the_8_closest_and_a_listen_the_4_closest()
    {
        List<DnaProcess> ours = [];
        List<DhtNodeProcess> stock = [];
        try
        {
            // Everybody is on one address: 33 nodes share the budget a single source has, so it is lifted here.
            string[] more = ["--rate-limit", "off"];
            ours.Add(await DnaProcess.StartAsync(new() { More = more }));
            string bootstrap = ours[0].Address.ToString();
            for (int batch = 1; batch < DnaCount; batch += 6)
            {
                ours.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(6, DnaCount - batch))
                    .Select(_ => DnaProcess.StartAsync(new() { Bootstrap = [bootstrap], More = more }))));
            }

            for (int index = 0; index < StockCount; index++) stock.Add(await DhtNodeProcess.StartAsync(new() { Bootstrap = bootstrap }));
            await SettleAsync(ours, stock);
            await CheckPutsAsync(ours, stock);
            await CheckListensAsync(ours, stock);
        }
        finally
        {
            await Task.WhenAll(ours.Select(node => node.DisposeAsync().AsTask()));
            await Task.WhenAll(stock.Select(node => node.DisposeAsync().AsTask()));
        }
    }

    /// <summary>From wherever a lookup starts, it ends at the nodes that are nearest: before that nobody can find who has not been seen to answer.</summary>
    private static async Task SettleAsync(List<DnaProcess> ours, List<DhtNodeProcess> stock)
    {
        await using Probe probe = new() { IsClient = true };
        List<(InfoHash Id, IPEndPoint Address)> all = [.. ours.Select(node => (node.Id, node.Address)), .. stock.Select(node => (node.Id, node.Address))];
        foreach (InfoHash key in PutWords.Concat(ListenWords).Select(InfoHash.OfKey))
        {
            List<InfoHash> nearest = all.Select(node => node.Id).OrderBy(id => id ^ key).Take(8).ToList();
            foreach ((InfoHash _, IPEndPoint start) in all.Where((_, index) => index % 5 == 0).Concat(all.TakeLast(StockCount)))
            {
                string found = "";
                Stopwatch clock = Stopwatch.StartNew();
                while (clock.Elapsed < SettleTime)
                {
                    IReadOnlyList<InfoHash> ids = await LookupAsync(probe, start, key);
                    if (ids.SequenceEqual(nearest)) break;
                    found = string.Join('\n', ids.Select(id => $"{id} rank {nearest.IndexOf(id)}"));
                    await Task.Delay(TimeSpan.FromMilliseconds(200));
                }

                Assert.True(clock.Elapsed < SettleTime, $"A lookup of {key} from {start} does not find the 8 nearest, but\n{found}\nof\n{string.Join('\n', all)}");
            }
        }
    }

    /// <summary>Asks nearer and nearer nodes until the 8 nearest have been asked.</summary>
    private static async Task<IReadOnlyList<InfoHash>> LookupAsync(Probe probe, IPEndPoint start, InfoHash key)
    {
        Dictionary<InfoHash, IPEndPoint> known = [];
        HashSet<IPEndPoint> asked = [];
        for (IPEndPoint? next = start; next is not null && asked.Add(next);)
        {
            Packet answer = await probe.AskAsync(next, "find", ("target", Probe.Bytes(key)));
            known[answer.Id] = next;
            foreach ((InfoHash id, IPEndPoint address) in answer.Nodes("n4")) known.TryAdd(id, address);
            known.Remove(probe.Id);
            next = known.OrderBy(node => node.Key ^ key).Take(8).Select(node => node.Value).FirstOrDefault(address => !asked.Contains(address));
        }

        return known.Keys.OrderBy(id => id ^ key).Take(8).ToList();
    }

    private static async Task CheckPutsAsync(List<DnaProcess> ours, List<DhtNodeProcess> stock)
    {
        await using Probe probe = new() { IsClient = true };
        for (int index = 0; index < PutWords.Length; index++)
        {
            string word = PutWords[index];
            InfoHash key = InfoHash.OfKey(word);
            ulong id;
            InfoHash? putter = null;
            if (index % 2 == 0)
            {
                putter = stock[index % StockCount].Id;
                (bool done, id) = await stock[index % StockCount].PutAsync(word, "x");
                Assert.True(done);
            }
            else
            {
                id = TestValue.RandomId();
                await DnaCommand.SucceedAsync("put", word, "x", "--id", $"{id:x}", "-b", ours[index].Address.ToString());
            }

            HashSet<InfoHash> holders = [];
            foreach (DnaProcess node in ours)
                if ((await probe.IdsAsync(node.Address, key)).Contains(id)) holders.Add(node.Id);

            foreach (DhtNodeProcess node in stock)
                if ((await probe.IdsAsync(node.Address, key)).Contains(id)) holders.Add(node.Id);

            AssertClosest(key, 8, ours, stock, putter, holders, $"put {index}");
        }
    }

    private static async Task CheckListensAsync(List<DnaProcess> ours, List<DhtNodeProcess> stock)
    {
        for (int index = 0; index < 3; index++)
        {
            string word = ListenWords[index];
            InfoHash key = InfoHash.OfKey(word);
            Dictionary<InfoHash, int> before = await ListenersAsync();
            await stock[index].ListenAsync(word);
            HashSet<InfoHash> holders = [];
            await Bounded.UntilAsync(
                async () =>
                {
                    Dictionary<InfoHash, int> now = await ListenersAsync();
                    holders = now.Where(node => node.Value > before[node.Key]).Select(node => node.Key).ToHashSet();
                    foreach (DhtNodeProcess node in stock)
                        if ((await node.StorageAsync(key)).Listeners > 0) holders.Add(node.Id);

                    return holders.Count(node => node != stock[index].Id) >= 4;
                },
                TimeSpan.FromSeconds(30),
                "Four nodes have the listener");
            AssertClosest(key, 4, ours, stock, stock[index].Id, holders, $"listen {index}");
        }

        async Task<Dictionary<InfoHash, int>> ListenersAsync()
        {
            Dictionary<InfoHash, int> counts = [];
            foreach (DnaProcess node in ours) counts[node.Id] = (await node.StatusAsync()).GetProperty("work").GetProperty("listeners").GetInt32();
            return counts;
        }
    }

    private static void AssertClosest(
        InfoHash key, int count, List<DnaProcess> ours, List<DhtNodeProcess> stock, InfoHash? self, HashSet<InfoHash> holders, string what)
    {
        // A node does not ask itself, and its own copy does not count. When the putter is one of the closest, it asks the next one too, who may find the key
        // too far away and acknowledge without storing (section 2.5, check 3).
        List<InfoHash> closest = ours.Select(node => node.Id).Concat(stock.Select(node => node.Id)).OrderBy(id => id ^ key).ToList();
        int own = self is { } id ? closest.IndexOf(id) : -1;
        List<int> ranks = holders.Where(holder => holder != self).Select(holder => closest.IndexOf(holder)).Order().ToList();
        List<int> least = Enumerable.Range(0, count).Where(rank => rank != own).ToList();
        List<int> most = own >= 0 && own < count ? [.. least, count] : least;
        Assert.True(
            ranks.SequenceEqual(least) || ranks.SequenceEqual(most),
            $"{what}: ranks {string.Join(' ', ranks)}, own rank {own}");
    }
}

/// <summary>Tests that need the machine for themselves.</summary>
[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;
