using System.Globalization;
using System.Text.RegularExpressions;
using Dna.Fast.Kademlia;
using Dna.Fast.Metrics;
using Dna.Fast.Storage;
using Dna.Fast.Tests.Shared;

namespace Dna.Fast.Tests.Http;

/// <summary>What a node serves at /metrics, read as Prometheus reads it.</summary>
public sealed partial class MetricsTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "dna-metrics-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_table_of_the_documentation_is_what_a_node_serves()
    {
        string text = await ScrapeAsync();
        IEnumerable<string> served = Family().Matches(text).Select(family => $"{family.Groups[1].Value} {family.Groups[2].Value} {LabelsOf(text, family.Groups[1].Value)}");
        string document = await File.ReadAllTextAsync(Path.Combine(ProjectTree.Root, "tools", "deploy", "METRICS.md"));
        IEnumerable<string> described = Row().Matches(document).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value} {row.Groups[3].Value.Replace("`", "", StringComparison.Ordinal)}");
        Assert.Equal(described, served);
    }

    [Fact]
    public async Task Every_line_is_one_of_the_format_and_no_sample_comes_twice()
    {
        string[] lines = (await ScrapeAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] samples = [.. lines.Where(line => line[0] != '#')];
        Assert.All(samples, line => Assert.Matches(Sample(), line));
        Assert.Equal(samples.Length, samples.Select(line => line[..line.LastIndexOf(' ')]).Distinct().Count());
    }

    [Fact]
    public void Every_counter_of_the_node_is_in_exactly_one_family()
    {
        Counter[] named = [.. CounterFamily.All.SelectMany(family => family.Members).Select(member => member.Counter)];
        Assert.Equal(Enum.GetValues<Counter>().Order(), named.Order());
        Assert.All(CounterFamily.All.Where(family => family.Label is null), family => Assert.Single(family.Members));
    }

    [Fact]
    public async Task What_the_node_does_is_what_the_figures_say()
    {
        await using WatchedNode node = await WatchedNode.StartAsync();
        await using WatchedNode asking = await WatchedNode.StartAsync(node);
        await Until.TrueAsync(() => node.Node.Count(Counter.PingsIn) > 0 && asking.Watch.Health.Report.IsReady);
        string text = await node.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.True(Number(text, "dna_queries_total{kind=\"ping\"}") >= 1);
        Assert.True(Number(text, "dna_datagrams_total{direction=\"in\"}") >= 1);
        Assert.True(Number(text, "dna_datagram_bytes_total{direction=\"out\"}") > 0);
        Assert.True(Number(text, "process_resident_memory_bytes") > 1e6);
        string asked = await asking.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal(1, Number(asked, "dna_contacts{family=\"ipv4\",state=\"good\"}"));
        Assert.Equal(1, Number(asked, "dna_ready"));
        Assert.True(Number(asked, "dna_request_seconds_count") >= 1);
        Assert.Equal(Number(asked, "dna_request_seconds_count"), Number(asked, "dna_request_seconds_bucket{le=\"+Inf\"}"));
    }

    [Fact]
    public void A_histogram_counts_each_duration_in_the_first_bucket_that_holds_it()
    {
        var histogram = new LatencyHistogram();
        foreach (long microseconds in (long[])[-5, 50, 51, 10_000_000, 10_000_001]) histogram.Add(microseconds);
        Assert.Equal(2, histogram[0]);
        Assert.Equal(1, histogram[1]);
        Assert.Equal(1, histogram[LatencyHistogram.Bounds.Length - 1]);
        Assert.Equal(1, histogram[LatencyHistogram.Bounds.Length]);
        Assert.Equal(20_000_102, histogram.SumMicroseconds);
        var text = new PrometheusText();
        text.Histogram("x_seconds", "Help.", [histogram, histogram]);
        string written = System.Text.Encoding.UTF8.GetString(text.ToUtf8());
        Assert.Equal(4, Number(written, "x_seconds_bucket{le=\"5E-05\"}"));
        Assert.Equal(8, Number(written, "x_seconds_bucket{le=\"10\"}"));
        Assert.Equal(10, Number(written, "x_seconds_count"));
    }

    [Fact]
    public void Texts_in_labels_are_escaped()
    {
        var text = new PrometheusText();
        text.Gauge("x", "Help.").Sample(1, ("a", "b\"c\\d\ne"));
        Assert.EndsWith("x{a=\"b\\\"c\\\\d\\ne\"} 1\n", System.Text.Encoding.UTF8.GetString(text.ToUtf8()), StringComparison.Ordinal);
    }

    private async Task<string> ScrapeAsync()
    {
        OpenResult opened = FasterValueStore.Open(new StoreOptions { Directory = _directory, MemoryBytes = 1 << 26, LimitBytes = 1 << 30 });
        await using WatchedNode node = await WatchedNode.StartAsync(store: opened.Store);
        return await node.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
    }

    private static string LabelsOf(string text, string family) => string.Join(", ", text.Split('\n')
        .Where(line => line.StartsWith(family + "{", StringComparison.Ordinal))
        .SelectMany(line => Label().Matches(line[..line.LastIndexOf(' ')]).Select(label => label.Groups[1].Value)).Distinct());

    private static double Number(string text, string series)
    {
        string line = Assert.Single(text.Split('\n'), line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^# TYPE (\S+) (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex(@"^\| `([a-z_]+)` \| (\w+) \| (.*?) ?\| ", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("[{,]([a-z]+)=\"")]
    private static partial Regex Label();

    [GeneratedRegex("^[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? -?[0-9][0-9.E+-]*$")]
    private static partial Regex Sample();
}
