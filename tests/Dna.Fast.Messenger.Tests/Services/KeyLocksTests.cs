using Dna.Fast.Messenger.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Dna.Fast.Messenger.Tests.Services;

public sealed class KeyLocksTests
{
    private readonly KeyLocks _locks = new();
    private readonly FakeTimeProvider _time = TestClient.Clock();

    private Deadline Deadline => new(_time, TestClient.NoDeadline);

    [Fact]
    public async Task No_name_waits_for_another()
    {
        List<IDisposable?> turns = [];
        // More names than any table has places: some would share one.
        for (int i = 0; i < 1000; i++)
        {
            Task<IDisposable?> turn = _locks.EnterAsync($"name {i}", Deadline, default);
            Assert.True(turn.IsCompletedSuccessfully);
            turns.Add(await turn);
        }

        Assert.DoesNotContain(null, turns);
    }

    [Fact]
    public async Task One_name_has_one_turn_at_a_time_and_goes_on_after_who_gave_up()
    {
        IDisposable first = (await _locks.EnterAsync("name", Deadline, default))!;
        using var cancelled = new CancellationTokenSource();
        Task<IDisposable?> second = _locks.EnterAsync("name", Deadline, cancelled.Token), third = _locks.EnterAsync("name", Deadline, default);
        Assert.Null(await _locks.EnterAsync("name", new Deadline(_time, TimeSpan.Zero), default));
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(third.IsCompleted);
        first.Dispose();
        first.Dispose();
        using IDisposable? turn = await third.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.NotNull(turn);
        Assert.Null(await _locks.EnterAsync("name", new Deadline(_time, TimeSpan.Zero), default));
    }

    [Fact]
    public async Task Many_who_count_up_lose_no_count()
    {
        int count = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            using IDisposable? turn = await _locks.EnterAsync("counter", Deadline, default);
            int before = count;
            await Task.Yield();
            count = before + 1;
        })).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(200, count);
    }
}
