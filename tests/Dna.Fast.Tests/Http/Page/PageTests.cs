using Dna.Fast.Health;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage;
using Dna.Fast.Wire;

namespace Dna.Fast.Tests.Http.Page;

/// <summary>The status page in a real browser.</summary>
public sealed class PageTests : IDisposable
{
    /// <summary>Names a directory for pictures of the page in both themes and two sizes, for people.</summary>
    private const string Pictures = "DNA_PAGE_PICTURES";

    private readonly string _directory = Directory.CreateTempSubdirectory("dna-page-store-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Values_appear_charts_move_nothing_comes_from_elsewhere_and_lost_peers_are_told()
    {
        OpenResult opened = FasterValueStore.Open(new StoreOptions { Directory = _directory, MemoryBytes = 1 << 26, LimitBytes = 1 << 30 });
        await using WatchedNode peer = await WatchedNode.StartAsync();
        await using WatchedNode node = await WatchedNode.StartAsync(peer, opened.Store);
        Fill(node.Store);
        await using Browser browser = await Browser.OpenAsync();
        await browser.LookAsync(1280, 900, isDark: false);
        await browser.GoAsync(node.Http.BaseAddress!);

        await browser.UntilAsync("document.querySelector('#ready').textContent === 'ready'");
        Assert.Equal(node.Node.Id.ToString(), await browser.ValueAsync("document.querySelector('#id').textContent"));
        await browser.UntilAsync("document.querySelector('[data-name=\"values\"] b').textContent === '30'");
        await browser.UntilAsync("[...document.querySelectorAll('#types tr')].some(r => r.textContent.includes('0x1001') && r.textContent.includes('20'))");
        await browser.UntilAsync("document.querySelector('#sources').textContent.includes('192.0.2.7')");
        await browser.UntilAsync("document.querySelectorAll('#buckets .c-good').length === 1 && document.querySelectorAll('#keyspace .f-good').length === 1");
        await browser.UntilAsync($"document.querySelectorAll('#health tr').length === {HealthRules.Names.Count}");
        await browser.UntilAsync("document.querySelector('#counters').textContent.includes('pings in')");

        // The chart moves: each look at the node adds a point.
        await browser.UntilAsync("(document.querySelector('#chart-datagrams polyline')?.getAttribute('points') || '').split(' ').length >= 3");
        string points = await browser.ValueAsync("document.querySelector('#chart-datagrams polyline').getAttribute('points')");
        await browser.UntilAsync($"document.querySelector('#chart-datagrams polyline').getAttribute('points') !== '{points}'");
        await LookAllWaysAsync(browser);

        // Peers gone: the page says so, without being asked again.
        peer.StopWorkers();
        await browser.UntilAsync("document.querySelector('#ready').textContent === 'not ready' && document.querySelector('#health').textContent.includes('failing')");
        await SaveAsync(browser, "lost");

        Assert.Empty(browser.Complaints);
        Assert.All(browser.Requests, address => Assert.True(address.StartsWith(node.Http.BaseAddress!.ToString(), StringComparison.Ordinal) || address.StartsWith("data:", StringComparison.Ordinal), address));
        Assert.Contains(browser.Requests, address => address.EndsWith("/table.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_page_lets_in_nothing_but_its_own_script_and_style_and_never_twice_by_the_same_number()
    {
        await using WatchedNode node = await WatchedNode.StartAsync();
        using HttpResponseMessage first = await node.Http.GetAsync(new Uri("/", UriKind.Relative));
        using HttpResponseMessage second = await node.Http.GetAsync(new Uri("/", UriKind.Relative));
        string policy = Assert.Single(first.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; style-src 'nonce-", policy, StringComparison.Ordinal);
        Assert.NotEqual(policy, Assert.Single(second.Headers.GetValues("Content-Security-Policy")));
        string page = await first.Content.ReadAsStringAsync();
        string nonce = policy.Split('\'')[3]["nonce-".Length..];
        Assert.Equal(2, page.Split($"nonce=\"{nonce}\"").Length - 1);
        Assert.DoesNotContain("NONCE", page, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", page, StringComparison.Ordinal);
        Assert.Equal("text/html", first.Content.Headers.ContentType!.MediaType);
    }

    private static async Task LookAllWaysAsync(Browser browser)
    {
        foreach ((int width, int height) in ((int, int)[])[(1280, 900), (360, 740)])
        {
            foreach (bool isDark in (bool[])[false, true])
            {
                await browser.LookAsync(width, height, isDark);
                string background = await browser.ValueAsync("getComputedStyle(document.body).backgroundColor");
                Assert.Equal(isDark ? "rgb(18, 22, 27)" : "rgb(246, 247, 249)", background);
                Assert.True(int.Parse(await browser.ValueAsync("document.documentElement.scrollWidth"), null) <= width, "the page is wider than the screen");
                await SaveAsync(browser, $"{width}-{(isDark ? "dark" : "light")}");
            }
        }
    }

    private static async Task SaveAsync(Browser browser, string name)
    {
        if (Environment.GetEnvironmentVariable(Pictures) is { Length: > 0 } directory) await File.WriteAllBytesAsync(Path.Combine(directory, $"page-{name}.png"), await browser.PictureAsync());
    }

    // 20 of seven days by one source, 10 of a year by another.
    private static void Fill(IValueStore store)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (int i = 0; i < 30; i++)
        {
            var source = NodeAddress.From([192, 0, 2, (byte)(i < 20 ? 7 : 8)], 4000);
            var slot = new SlotInfo((ulong)i + 1, (ushort)(i < 20 ? 0x1001 : 0x1002), now - i * 100_000L, now + 3_600_000, source);
            Assert.Equal(PutStatus.Stored, store.Put(InfoHash.OfKey("key" + i / 3), slot, new byte[200], durable: true, now, new NeverAsked()).Status);
        }
    }

    private sealed class NeverAsked : IEditPolicy
    {
        public EditDecision Decide(in InfoHash key, in SlotInfo oldSlot, ReadOnlySpan<byte> oldPacked, in SlotInfo newSlot, ReadOnlySpan<byte> newPacked) =>
            throw new InvalidOperationException("every slot is empty");
    }
}
