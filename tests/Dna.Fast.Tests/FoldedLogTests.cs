using System.Text.Json;
using Dna.Fast.Logging;
using Dna.Fast.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Tests;

public sealed class FoldedLogTests
{
    private readonly StringWriter _output = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

    [Fact]
    public void A_line_that_repeats_is_said_once_and_then_how_often_it_came()
    {
        using StderrLogger log = Logger();
        for (int i = 0; i < 1000; i++) log.NodesNotSaved("full");
        Assert.Single(Lines());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("2026-01-02T03:04:15.678Z warn  999 more like this in the last 10 s: The good nodes could not be saved: full", Lines()[1]);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(2, Lines().Length);
        log.NodesNotSaved("full");
        Assert.Equal("2026-01-02T03:14:15.678Z warn  The good nodes could not be saved: full", Lines()[2]);
    }

    [Fact]
    public void Different_lines_of_one_event_are_said_but_not_without_end()
    {
        using StderrLogger log = Logger();
        for (int i = 0; i < 100_000; i++) log.NodesNotSaved("reason " + i);
        Assert.Equal(40, Lines().Length);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.EndsWith("99960 more like this in the last 10 s: The good nodes could not be saved: reason 99999", Lines()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void One_event_does_not_silence_another()
    {
        using StderrLogger log = Logger();
        for (int i = 0; i < 1000; i++) log.NodesNotSaved("full");
        log.StoreWell();
        Assert.EndsWith("Store: well again", Lines()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_repeated_in_each_window_is_said_in_each_with_the_count_before_it()
    {
        using StderrLogger log = Logger();
        for (int i = 0; i < 30; i++)
        {
            log.NodesNotSaved("full");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        int counted = Lines().Count(line => !line.Contains("more like", StringComparison.Ordinal))
            + Lines().Where(line => line.Contains("more like", StringComparison.Ordinal)).Sum(line => int.Parse(line.Split("warn  ")[1].Split(' ')[0]));
        Assert.Equal(30, counted);
        Assert.Equal(6, Lines().Length);
    }

    [Fact]
    public void Exceptions_differ_by_what_they_say()
    {
        using StderrLogger log = Logger();
        for (int i = 0; i < 10; i++)
        {
            log.BackgroundFailed(new InvalidOperationException("one"));
            log.BackgroundFailed(new InvalidOperationException("two"));
        }

        string[] lines = [.. Lines().Where(line => line.Contains("error", StringComparison.Ordinal))];
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public void What_is_folded_at_the_end_is_said()
    {
        StderrLogger log = Logger();
        for (int i = 0; i < 5; i++) log.NodesNotSaved("full");
        _time.Advance(TimeSpan.FromSeconds(3));
        log.Dispose();
        Assert.EndsWith("4 more like this in the last 3 s: The good nodes could not be saved: full", Lines()[^1], StringComparison.Ordinal);
        log.NodesNotSaved("full");
        Assert.Equal(3, Lines().Length);
    }

    [Fact]
    public void Statistics_are_never_folded()
    {
        using StderrLogger log = Logger();
        for (int i = 0; i < 200; i++) log.Statistics(0, 0, 0, 0, 0, 0, 0, 0, 0);
        Assert.Equal(200, Lines().Length);
    }

    [Fact]
    public void Window_level_and_format_change_at_once()
    {
        using StderrLogger log = Logger();
        log.NodesNotSaved("full");
        log.NodesNotSaved("full");
        log.FoldWindow = TimeSpan.Zero;
        Assert.EndsWith("1 more like this in the last 1 s: The good nodes could not be saved: full", Lines()[^1], StringComparison.Ordinal);
        log.NodesNotSaved("full");
        log.NodesNotSaved("full");
        Assert.Equal(4, Lines().Length);
        log.Format = LogFormat.Json;
        log.NodesNotSaved("full");
        Assert.Equal("warn", JsonDocument.Parse(Lines()[^1]).RootElement.GetProperty("level").GetString());
        log.Least = LogLevel.Error;
        Assert.False(log.IsEnabled(LogLevel.Warning));
        log.NodesNotSaved("full");
        Assert.Equal(5, Lines().Length);
    }

    [Fact]
    public void Programs_get_the_count_as_a_number_and_the_event_by_its_name()
    {
        using StderrLogger log = Logger(LogFormat.Json);
        for (int i = 0; i < 5; i++) log.NodesNotSaved("full");
        _time.Advance(TimeSpan.FromSeconds(10));
        JsonElement entry = JsonDocument.Parse(Lines()[^1]).RootElement;
        Assert.Equal("NodesNotSaved", entry.GetProperty("event").GetString());
        Assert.Equal((4, 10), (entry.GetProperty("Folded").GetInt32(), entry.GetProperty("Seconds").GetInt32()));
    }

    [Fact]
    public void Events_without_end_share_one_window_and_take_no_more_room()
    {
        using StderrLogger log = Logger();
        for (int i = 0; i < 5000; i++) log.Log(LogLevel.Warning, new EventId(i, "event" + i), i, null, static (_, _) => "the same");
        // Each of the first has a window of its own, the others have one together.
        Assert.InRange(Lines().Length, 256, 300);
    }

    [Fact]
    public void Many_threads_lose_no_line_and_no_count()
    {
        using StderrLogger log = Logger();
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 500; i++) log.NodesNotSaved("full");
        });
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, Lines().Length);
        Assert.Contains(" 3999 more like this", Lines()[1], StringComparison.Ordinal);
    }

    private string[] Lines() => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private StderrLogger Logger(LogFormat format = LogFormat.Text) => new(LogLevel.Information, format, _output, _time) { FoldWindow = TimeSpan.FromSeconds(10) };
}
