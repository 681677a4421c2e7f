using System.Text.Json;
using System.Xml.Linq;
using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Report;
using Dna.Fast.LoadGen.Tests.Kit;
using Dna.Fast.LoadGen.Workload;
using Spectre.Console;

namespace Dna.Fast.LoadGen.Tests;

public sealed class ReportTests : IDisposable
{
    private readonly TinyNode _node = new();
    private readonly RunResult _result;

    public ReportTests() => _result = Runs.Run(Runs.Options(_node.Address, RequestKind.Get));

    public void Dispose() => _node.Dispose();

    [Fact]
    public void The_page_needs_nothing_from_elsewhere()
    {
        string page = HtmlReport.Page(_result);
        Assert.All(new[] { "http:", "https:", "src=", "href=", "@import", "url(", "<script", "<link" }, outside =>
            Assert.DoesNotContain(outside, page, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        Assert.Contains("width=device-width", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_plot_is_well_formed_and_stays_inside_its_drawing()
    {
        string page = HtmlReport.Page(_result);
        List<XElement> plots = [];
        for (int at = page.IndexOf("<svg", StringComparison.Ordinal); at >= 0; at = page.IndexOf("<svg", at + 1, StringComparison.Ordinal))
        {
            plots.Add(XElement.Parse(page[at..(page.IndexOf("</svg>", at, StringComparison.Ordinal) + 6)]));
        }

        // Three plots, each for a wide and for a narrow page.
        Assert.Equal(6, plots.Count);
        foreach (XElement plot in plots)
        {
            double width = (double)plot.Attribute("width")!, height = (double)plot.Attribute("height")!;
            double[][] points =
                [.. plot.Elements("polyline").SelectMany(l =>
                ((string)l.Attribute("points")!).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(p => p.Split(',').Select(n => double.Parse(n, System.Globalization.CultureInfo.InvariantCulture)).ToArray())];
            Assert.NotEmpty(points);
            Assert.All(points, p => Assert.True(p[0] >= 0 && p[0] <= width && p[1] >= 0 && p[1] <= height));
        }
    }

    [Fact]
    public void Text_from_outside_is_escaped()
    {
        string page = HtmlReport.Page(_result with { Command = "<b>&\"" });
        Assert.DoesNotContain("<b>&\"", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;&amp;&quot;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_answers_still_has_a_page()
    {
        RunResult empty = _result with
        {
            Latency = Measure.LatencySummary.None,
            Percentiles = [],
            Intervals = [],
            Outcomes = new Dictionary<string, long>()
        };
        string page = HtmlReport.Page(empty);
        Assert.Contains("No answer came", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("0.0 µs", page, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:4222")]
    [InlineData("[::1]:4222")]
    public void The_table_names_the_target_whatever_its_form(string address)
    {
        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 120;
        var server = new ServerInfo(1, 2.5, 0.5, 1 << 20);
        TableReport.Write(console, _result with { Target = _result.Target with { Address = address }, Server = server });
        Assert.Contains($"get {address}", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("2.50 us", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_says_what_was_measured_and_how()
    {
        using JsonDocument json = JsonDocument.Parse(JsonSerializer.Serialize(_result, LoadJson.Default.RunResult));
        JsonElement root = json.RootElement;
        Assert.Equal("get", root.GetProperty("command").GetString());
        Assert.Equal(_result.Count(Outcome.Ok), root.GetProperty("outcomes").GetProperty("ok").GetInt64());
        Assert.Equal(1UL, root.GetProperty("settings").GetProperty("seed").GetUInt64());
        Assert.True(root.GetProperty("latency").GetProperty("p999Us").GetDouble() > 0);
        Assert.False(root.TryGetProperty("server", out _));
    }

    [Fact]
    public void The_table_takes_the_place_between_its_marks_and_nothing_else()
    {
        string document = $"before\n{MarkdownTable.Begin}\nold\n{MarkdownTable.End}\nafter\n";
        Assert.True(MarkdownTable.TryPlace(document, "new\n", out string result));
        Assert.Equal($"before\n{MarkdownTable.Begin}\nnew\n{MarkdownTable.End}\nafter\n", result);
        Assert.False(MarkdownTable.TryPlace("no marks", "new\n", out _));
    }
}
