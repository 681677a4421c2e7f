using System.Text.Json;
using Dna.Fast.Logging;
using Dna.Fast.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Tests;

public sealed class StderrLoggerTests
{
    private readonly StringWriter _output = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

    [Fact]
    public void A_line_for_people_has_time_level_and_message()
    {
        Logger(LogLevel.Information, LogFormat.Text).NodesNotSaved("full");
        Assert.Equal("2026-01-02T03:04:05.678Z warn  The good nodes could not be saved: full" + Environment.NewLine, _output.ToString());
    }

    [Fact]
    public void A_line_for_programs_has_the_messages_fields()
    {
        Logger(LogLevel.Information, LogFormat.Json).NameNotResolved("no \"answer\"\n", 20);
        string line = Assert.Single(_output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        JsonElement entry = JsonDocument.Parse(line).RootElement;
        Assert.Equal("warn", entry.GetProperty("level").GetString());
        Assert.Equal("NameNotResolved", entry.GetProperty("event").GetString());
        Assert.Equal("no \"answer\"\n", entry.GetProperty("Reason").GetString());
        Assert.Equal(20, entry.GetProperty("Seconds").GetInt32());
    }

    [Fact]
    public void Less_important_lines_are_left_out()
    {
        StderrLogger logger = Logger(LogLevel.Error, LogFormat.Text);
        logger.NodesNotSaved("full");
        logger.NodesSaved(3);
        Assert.Empty(_output.ToString());
        Logger(LogLevel.None, LogFormat.Text).StoreUnwell("broken");
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void A_strangers_text_begins_no_line_of_its_own()
    {
        Logger(LogLevel.Information, LogFormat.Text).NodesNotSaved("a\n2026-01-02T03:04:05.678Z error forged");
        Assert.Single(_output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_log_that_cannot_be_written_does_not_stop_whoever_logs()
    {
        using var log = new StderrLogger(LogLevel.Information, LogFormat.Text, new FullDisk(), _time) { FoldWindow = TimeSpan.FromSeconds(10) };
        for (int i = 0; i < 3; i++) log.NodesNotSaved("full");
        _time.Advance(TimeSpan.FromSeconds(10));
        log.NodesNotSaved("full");
    }

    private sealed class FullDisk : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("no space left on device");
    }

    private StderrLogger Logger(LogLevel least, LogFormat format) => new(least, format, _output, _time);
}
