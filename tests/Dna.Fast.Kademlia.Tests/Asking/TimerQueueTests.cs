using Dna.Fast.Kademlia.Asking;

namespace Dna.Fast.Kademlia.Tests.Asking;

public sealed class TimerQueueTests
{
    [Fact]
    public void Timers_run_in_order_of_time_then_of_scheduling()
    {
        var queue = new TimerQueue();
        var ran = new List<int>();
        queue.Schedule(20, () => ran.Add(3));
        queue.Schedule(10, () => ran.Add(1));
        queue.Schedule(10, () => ran.Add(2));
        Assert.Equal(10, queue.NextDueMs);
        Assert.True(queue.RunDue(20));
        Assert.Equal([1, 2, 3], ran);
        Assert.Equal(long.MaxValue, queue.NextDueMs);
    }

    [Fact]
    public void Cancelled_timer_does_not_run()
    {
        var queue = new TimerQueue();
        queue.Schedule(10, () => Assert.Fail("it was cancelled")).Cancel();
        Assert.Equal(long.MaxValue, queue.NextDueMs);
        Assert.False(queue.RunDue(100));
    }

    [Fact]
    public void A_timer_that_schedules_itself_for_now_does_not_hold_the_turn()
    {
        var queue = new TimerQueue();
        int runs = 0;
        void Again()
        {
            runs++;
            queue.Schedule(0, Again);
        }

        queue.Schedule(0, Again);
        queue.RunDue(5);
        Assert.Equal(1, runs);
        queue.RunDue(5);
        Assert.Equal(2, runs);
    }
}
