using Dna.Fast.Hosting.Traffic;
using Dna.Fast.Kademlia;
using Dna.Fast.Kademlia.Guard;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dna.Fast.Tests.Traffic;

public sealed class TrafficBudgetTests : IDisposable
{
    private const long Gigabyte = 1_000_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("dna-traffic-").FullName;
    private readonly Dictionary<Counter, long> _counters = [];
    private readonly SetTime _time = new(new DateTimeOffset(2026, 11, 16, 0, 0, 0, TimeSpan.Zero));
    private RateLimits? _rates;
    private bool _isSoft;

    private string File => Path.Combine(_directory, "traffic");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Payload_and_headers_both_ways_are_counted()
    {
        TrafficBudget budget = Budget(0);
        Count(100, 200, 3, 5);
        budget.Look();
        budget.Look();
        Assert.Equal(300 + 48 * 8, budget.Figures.Used);
        Assert.False(budget.Figures.IsSoft);
        Assert.Equal(RateLimits.Stock, _rates);
    }

    [Fact]
    public void At_nine_tenths_it_turns_soft_and_with_the_new_month_normal_again()
    {
        TrafficBudget budget = Budget(100 * Gigabyte);
        Count(90 * Gigabyte - 1);
        budget.Look();
        Assert.False(_isSoft);
        Count(90 * Gigabyte);
        budget.Look();
        Assert.True(_isSoft);
        // 10 GB for 15 days, in requests of a kibibyte.
        Assert.Equal(new RateLimits(16, RateLimits.Stock.PerSource), _rates);
        _time.Now = new DateTimeOffset(2026, 12, 1, 0, 0, 1, TimeSpan.Zero);
        budget.Look();
        Assert.False(_isSoft);
        Assert.Equal(0, budget.Figures.Used);
        Assert.Equal(RateLimits.Stock, _rates);
    }

    [Fact]
    public void The_rest_of_the_month_is_shared_out_and_never_more_than_the_operator_allows()
    {
        TrafficBudget budget = Budget(100_000 * Gigabyte);
        _time.Now = new DateTimeOffset(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);
        Count(99_000 * Gigabyte);
        budget.Look();
        Assert.Equal(RateLimits.Stock.Global, _rates!.Global);
        budget.Rates = RateLimits.Off;
        // 1 TB for a day.
        Assert.Equal((int)(1_000 * Gigabyte / 86_400.0 / 1024), _rates!.Global);
        Count(200_000 * Gigabyte);
        budget.Look();
        Assert.Equal(16, _rates!.Global);
    }

    [Fact]
    public void A_month_is_kept_over_restarts_and_another_limit_holds_at_once()
    {
        TrafficBudget budget = Budget(100 * Gigabyte);
        Count(95 * Gigabyte);
        budget.Look();
        budget.Save();
        Assert.Equal($"2026-11-01 {95 * Gigabyte}\n", System.IO.File.ReadAllText(File));
        _counters.Clear();
        TrafficBudget again = Budget(100 * Gigabyte);
        again.Look();
        Assert.True(_isSoft);
        again.Limit = new TrafficLimit(1_000 * Gigabyte, 1);
        Assert.False(_isSoft);
        again.Limit = new TrafficLimit(0, 1);
        Assert.Equal(new TrafficFigures(95 * Gigabyte, 0, false), again.Figures);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-01")]
    [InlineData("2026-13-01 5")]
    [InlineData("2026-11-01 -5")]
    [InlineData("a b c")]
    public void A_file_that_cannot_be_read_counts_from_now(string content)
    {
        System.IO.File.WriteAllText(File, content);
        TrafficBudget budget = Budget(100 * Gigabyte);
        Count(5);
        budget.Look();
        Assert.Equal(5, budget.Figures.Used);
    }

    [Fact]
    public void A_clock_set_back_begins_no_month()
    {
        TrafficBudget budget = Budget(100 * Gigabyte);
        Count(5);
        budget.Look();
        _time.Now = _time.Now.AddMonths(-1);
        budget.Look();
        Assert.Equal(5, budget.Figures.Used);
    }

    [Theory]
    [InlineData(1, "2026-11-01", "2026-12-01")]
    [InlineData(16, "2026-11-16", "2026-12-16")]
    [InlineData(17, "2026-10-17", "2026-11-17")]
    [InlineData(28, "2026-10-28", "2026-11-28")]
    public void A_month_begins_on_its_day(int day, string begin, string end)
    {
        var limit = new TrafficLimit(1, day);
        Assert.Equal((begin, end), (limit.Begin(_time.Now).ToString("yyyy-MM-dd"), limit.End(_time.Now).ToString("yyyy-MM-dd")));
    }

    private TrafficBudget Budget(long bytes) => new(
        counter => _counters.GetValueOrDefault(counter), (rates, isSoft) => (_rates, _isSoft) = (rates, isSoft), File, new TrafficLimit(bytes, 1), RateLimits.Stock, NullLogger.Instance, _time);

    private void Count(long bytesIn, long bytesOut = 0, long datagramsIn = 0, long datagramsOut = 0)
    {
        (_counters[Counter.BytesIn], _counters[Counter.BytesOut]) = (bytesIn, bytesOut);
        (_counters[Counter.DatagramsIn], _counters[Counter.DatagramsOut]) = (datagramsIn, datagramsOut);
    }

    private sealed class SetTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
