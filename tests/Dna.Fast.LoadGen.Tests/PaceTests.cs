using Dna.Fast.LoadGen.Load;

namespace Dna.Fast.LoadGen.Tests;

public sealed class PaceTests
{
    [Fact]
    public void Requests_of_an_open_loop_are_intended_at_equal_distances_whenever_they_are_taken()
    {
        Pace pace = Pace.Open(1_000, 1_000_000);
        long[] intended = [.. Enumerable.Range(0, 5).Select(_ => pace.Take(50_000_000))];
        Assert.Equal([1_000, 2_000, 3_000, 4_000, 5_000], intended);
    }

    [Fact]
    public void A_request_is_due_from_its_intended_time_on()
    {
        Pace pace = Pace.Open(1_000, 1_000_000);
        Assert.Equal(0, pace.Due(999));
        Assert.Equal(1, pace.Due(1_000));
        Assert.Equal(1, pace.Due(1_999));
        Assert.Equal(2, pace.Due(2_000));
    }

    [Fact]
    public void What_a_stall_delayed_is_all_due_after_it()
    {
        Pace pace = Pace.Open(0, 1_000);
        pace.Take(0);
        Assert.Equal(500, pace.Due(500 * Clock.Millisecond));
    }

    [Fact]
    public void Rates_that_do_not_divide_a_second_do_not_drift()
    {
        Pace pace = Pace.Open(0, 3);
        for (int i = 0; i < 3_000_000; i++) pace.Take(0);
        Assert.InRange(pace.NextNs, 1_000_000 * Clock.Second - 10, 1_000_000 * Clock.Second + 10);
    }

    [Fact]
    public void A_closed_loop_intends_what_it_sends_when_it_sends_it()
    {
        Pace pace = Pace.Closed();
        Assert.Equal(int.MaxValue, pace.Due(77));
        Assert.Equal(77, pace.Take(77));
    }
}
