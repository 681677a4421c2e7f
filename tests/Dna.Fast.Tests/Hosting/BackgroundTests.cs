using Dna.Fast.Hosting;
using Dna.Fast.Logging;
using Dna.Fast.Settings;
using Dna.Fast.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Tests.Hosting;

public sealed class BackgroundTests : IDisposable
{
    private readonly StringWriter _lines = new();
    private readonly StderrLogger _log;

    public BackgroundTests() => _log = new StderrLogger(LogLevel.Information, LogFormat.Text, _lines, TimeProvider.System);

    public void Dispose()
    {
        _log.Dispose();
        _lines.Dispose();
    }

    [Fact]
    public async Task A_task_that_fails_is_told_while_another_one_still_runs()
    {
        using var end = new CancellationTokenSource();
        Task all = Background.WhenAllAsync([Task.Delay(Timeout.Infinite, end.Token), Task.FromException(new InvalidOperationException("the second one"))], _log, end.Token);
        await Until.TrueAsync(() => Said().Contains("the second one", StringComparison.Ordinal));
        Assert.False(all.IsCompleted);
        await end.CancelAsync();
        await all;
    }

    [Fact]
    public async Task What_repeats_goes_on_after_a_failure_and_tells_it()
    {
        using var end = new CancellationTokenSource();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        int times = 0;
        Task repeating = Background.EveryAsync(
            timer, () =>
            {
                if (Interlocked.Increment(ref times) == 1) throw new InvalidOperationException("the first time");
            },
            _log, end.Token);
        await Until.TrueAsync(() => Volatile.Read(ref times) >= 3);
        Assert.Contains("the first time", Said(), StringComparison.Ordinal);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => repeating);
    }

    private string Said()
    {
        lock (_lines) return _lines.ToString();
    }
}
