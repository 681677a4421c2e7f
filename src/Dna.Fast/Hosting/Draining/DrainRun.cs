using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dna.Fast.Client;
using Dna.Fast.Kademlia;
using Dna.Fast.Logging;
using Dna.Fast.Storage;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Hosting.Draining;

/// <summary>The end of a node that says goodbye: not ready, values to other nodes, nothing new, then the end.</summary>
/// <remarks>
/// While values are handed over the node still answers, puts too: they may be nowhere else yet, and what is put meanwhile lies behind what was gone through, so its turn comes.
/// Once begun it goes on, whoever watches. Any thread.
/// </remarks>
internal sealed class DrainRun(Node node, FasterValueStore store, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>Acknowledgements wait for one commit, which takes a tenth of a second; a slow disk gets more.</summary>
    private static readonly TimeSpan FinishTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FinishPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private readonly HandOver _handOver = new(node, store, time);
    private string _phase = DrainProgress.HandingOver;
    private int _isBegun;
    private bool _isCutShort;
    private long _values;
    private Task _running = Task.CompletedTask;

    /// <summary>Ends when the node may stop.</summary>
    public Task Done => _done.Task;

    public bool IsUnderWay => Volatile.Read(ref _isBegun) != 0;

    private DrainProgress Progress
    {
        get
        {
            (long handed, long failed, long values) = (_handOver.Handed, _handOver.Failed, Volatile.Read(ref _values));
            // What there was no time for is left too.
            return new DrainProgress(Volatile.Read(ref _phase), values, handed, Volatile.Read(ref _isCutShort) ? Math.Max(failed, values - handed) : failed);
        }
    }

    /// <summary>Tells one who asked how far it is, a JSON object a line, until it is done. The first who asks begins it.</summary>
    /// <param name="question"><c>drain SECONDS</c>, <c>drain SECONDS stay</c> to hand nothing over.</param>
    /// <returns>Null when that is no such question.</returns>
    public Func<Stream, CancellationToken, Task>? Find(string question)
    {
        string[] words = question.Split(' ');
        bool isQuestion = words is ["drain", _] or ["drain", _, "stay"];
        if (!isQuestion || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds is < 1 or > 86_400) return null;
        return (stream, end) => TellAsync(stream, TimeSpan.FromSeconds(seconds), words.Length == 2, end);
    }

    /// <summary>Ends it where it is. The store must not be closed before this returns.</summary>
    public async Task StopAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    public void Dispose() => _end.Dispose();

    private async Task TellAsync(Stream stream, TimeSpan timeout, bool handsOver, CancellationToken end)
    {
        if (Interlocked.Exchange(ref _isBegun, 1) == 0) _running = RunAsync(timeout, handsOver);
        while (!Done.IsCompleted && !end.IsCancellationRequested)
        {
            await SendAsync(stream).ConfigureAwait(false);
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(end);
            await Task.WhenAny(Done, Task.Delay(ProgressInterval, time, pause.Token)).ConfigureAwait(false);
            await pause.CancelAsync().ConfigureAwait(false);
        }

        await SendAsync(stream).ConfigureAwait(false);
    }

    private Task SendAsync(Stream stream) => stream.WriteAsync(Encoding.UTF8.GetBytes(JsonLine.Write(Progress.Write) + "\n")).AsTask();

    private async Task RunAsync(TimeSpan timeout, bool handsOver)
    {
        Volatile.Write(ref _values, handsOver ? store.Statistics.Values : 0);
        log.Draining(_values, (int)timeout.TotalSeconds);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            limit.CancelAfter(timeout);
            if (handsOver) await _handOver.RunAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The time is over, or the store cannot be read: what is left is told, and stays on the disk.
            Volatile.Write(ref _isCutShort, true);
        }
        catch (Exception failure)
        {
            log.BackgroundFailed(failure);
            Volatile.Write(ref _isCutShort, true);
        }

        Volatile.Write(ref _phase, DrainProgress.Finishing);
        node.Drain();
        await FinishAsync().ConfigureAwait(false);
        Volatile.Write(ref _phase, DrainProgress.Stopping);
        DrainProgress last = Progress;
        log.Drained(last.HandedOver, last.Left);
        _done.TrySetResult();
    }

    private async Task FinishAsync()
    {
        long start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(FinishPoll);
        while (!node.IsDrained && !_end.IsCancellationRequested && Stopwatch.GetElapsedTime(start) < FinishTimeout) await timer.WaitForNextTickAsync().ConfigureAwait(false);
    }
}
