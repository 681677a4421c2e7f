using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Load;
using Dna.Fast.LoadGen.Measure;
using Dna.Fast.LoadGen.Workload;
using HdrHistogram;

namespace Dna.Fast.LoadGen.Tests;

public sealed class StatisticsTests
{
    [Fact]
    public void A_series_counts_by_interval_and_nothing_outside_the_window()
    {
        var series = new IntervalSeries(1000, 100, 3);
        Assert.False(series.Add(999, 50));
        Assert.True(series.Add(1000, 50));
        Assert.True(series.Add(1099, 50));
        Assert.True(series.Add(1299, 50));
        Assert.False(series.Add(1300, 50));
        series.AddFailure(1100);
        Assert.Equal([2, 0, 1], Enumerable.Range(0, 3).Select(series.Answered));
        Assert.Equal([0, 1, 0], Enumerable.Range(0, 3).Select(series.Failed));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(12_345)]
    [InlineData(987_654_321)]
    public void A_series_knows_a_latency_to_an_eighth(long latency)
    {
        var series = new IntervalSeries(0, 100, 1);
        for (int i = 0; i < 10; i++) series.Add(0, latency);
        Assert.InRange(series.Latency(0, 0.5), latency, latency * 1.13);
    }

    [Fact]
    public void The_series_of_two_threads_add_up()
    {
        IntervalSeries one = new(0, 100, 2), two = new(0, 100, 2);
        one.Add(0, 1000);
        two.Add(0, 1_000_000);
        two.Add(150, 1000);
        one.Add(two);
        Assert.Equal([2, 1], Enumerable.Range(0, 2).Select(one.Answered));
        Assert.True(one.Latency(0, 0.99) >= 1_000_000);
        Assert.True(one.Latency(0, 0.5) < 2000);
    }

    [Fact]
    public void A_meter_counts_requests_of_the_window_from_their_intended_time()
    {
        var meter = new Meter(Mix.Only(RequestKind.Ping), new IntervalSeries(0, Clock.Second, 10));
        var slot = new Slot
        {
            Request = new Request(RequestKind.Ping, 0, 0, true),
            IntendedNs = 1_000_000,
            SentNs = 5_000_000,
            IsMeasured = true
        };
        meter.Ended(slot, Outcome.Ok, 6_000_000);
        Assert.Equal(5_000_000, meter.Latency(RequestKind.Ping)!.GetMaxValue(), 5_000_000 * 0.001);
        slot.IsMeasured = false;
        meter.Ended(slot, Outcome.Timeout, 7_000_000);
        Assert.Equal(1, meter[RequestKind.Ping, Outcome.Ok]);
        Assert.Equal(0, meter[RequestKind.Ping, Outcome.Timeout]);
    }

    [Fact]
    public void A_spread_is_minimum_median_and_maximum()
    {
        Assert.Equal(new Spread(1, 3, 9), Spread.Of([9, 1, 3]));
        Assert.Equal(new Spread(1, 2.5, 4), Spread.Of([4, 1, 2, 3]));
    }

    [Fact]
    public void Ratios_are_taken_round_by_round()
    {
        // Both twice as slow in the second round: the ratio does not see it.
        Assert.Equal(new Spread(2, 2, 2), Spread.Ratio([10, 20], [5, 10]));
    }

    [Fact]
    public void The_curve_ends_where_the_answers_end()
    {
        var histogram = new LongHistogram(1, 1_000_000_000, 3);
        for (int i = 1; i <= 1000; i++) histogram.RecordValue(i * 1000);
        IReadOnlyList<PercentilePoint> curve = LatencySummary.Curve(histogram);
        Assert.Equal(0, curve[0].Percentile);
        Assert.Equal(100, curve[^1].Percentile);
        Assert.Equal(1000, curve[^1].Us, 1.0);
        Assert.Equal(99.9, curve[^2].Percentile, 0.001);
        Assert.Equal(curve.Select(p => p.Us).Order(), curve.Select(p => p.Us));
    }

    [Fact]
    public void The_kernels_udp_counters_are_read_by_name()
    {
        string[] lines = ["Ip: a b", "Ip: 1 2", "Udp: InDatagrams NoPorts OutDatagrams RcvbufErrors", "Udp: 10 3 20 4",
            "UdpLite: InDatagrams", "UdpLite: 99"];
        Assert.Equal(new KernelCounters(10, 20, 4), KernelCounters.ParseV4(lines));
        Assert.Equal(new KernelCounters(7, 8, 9),
            KernelCounters.ParseV6(["Udp6InDatagrams   7", "Udp6OutDatagrams\t8", "Udp6RcvbufErrors 9"]));
        Assert.Equal(default, KernelCounters.ParseV4([]));
    }

    [Fact]
    public void Cpu_time_of_a_process_is_found_behind_a_name_with_brackets()
    {
        const string Stat = "42 (a) b (c) S 1 1 1 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 1 0 5000 0 0";
        Assert.Equal(2 * Clock.Second, ProcessSample.ParseCpuNs(Stat));
    }

    [Fact]
    public void This_process_has_used_time_and_memory()
    {
        Assert.True(ProcessSample.TryRead(Environment.ProcessId, out ProcessSample sample));
        Assert.True(sample.RssBytes > 1 << 20);
        Assert.False(ProcessSample.TryRead(int.MaxValue, out _));
    }
}
