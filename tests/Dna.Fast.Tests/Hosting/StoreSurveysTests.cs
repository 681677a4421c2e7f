using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Hosting;
using Dna.Fast.Storage;
using Dna.Fast.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dna.Fast.Tests.Hosting;

public sealed class StoreSurveysTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "dna-survey-" + Guid.NewGuid().ToString("N"));
    private readonly TwoClocks _time = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_calendar_clock_that_is_set_back_stops_no_survey()
    {
        using FasterValueStore store = FasterValueStore.Open(new StoreOptions { Directory = _directory, MemoryBytes = 1 << 26, LimitBytes = 1 << 30 }).Store!;
        var surveys = new StoreSurveys(store, _time, NullLogger.Instance);
        await Until.TrueAsync(() => Read(surveys).GetProperty("taken").GetBoolean());
        _time.Utc -= TimeSpan.FromHours(1);
        _time.Elapsed += TimeSpan.FromHours(2);
        Assert.Equal(7200, Read(surveys).GetProperty("age").GetInt64());
        await Until.TrueAsync(() => Read(surveys).GetProperty("age").GetInt64() == 0);
    }

    private static JsonElement Read(StoreSurveys surveys) => JsonDocument.Parse(JsonLine.Write(surveys.Write)).RootElement;

    /// <summary>A calendar and a monotonic clock that a test moves apart.</summary>
    private sealed class TwoClocks : TimeProvider
    {
        public DateTimeOffset Utc { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public TimeSpan Elapsed { get; set; } = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Utc;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
