using System.Text;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>The lines a process has written so far, and the waiting for one that has yet to come.</summary>
/// <remarks>Any thread adds; any thread waits.</remarks>
internal sealed class OutputLog
{
    // A flood of lines would otherwise eat the test host; no test reads more than a few thousand.
    private const int LinesMax = 200_000;

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    /// <summary>How many lines there are: the place from which to wait for what a command will say.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _lines.Count;
        }
    }

    public void Add(string line)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (_lines.Count < LinesMax) _lines.Add(line);
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }

    /// <summary>No line comes any more: waiting is over for everybody.</summary>
    public void End()
    {
        lock (_lock) _ended = true;
        _changed.TrySetResult();
    }

    /// <summary>The lines from <paramref name="from"/> on.</summary>
    public IReadOnlyList<string> Since(int from)
    {
        lock (_lock) return _lines.Skip(from).ToList();
    }

    /// <summary>Waits for a line at or after <paramref name="from"/> that <paramref name="matches"/>.</summary>
    /// <returns>Its number and text, or null when the time is over or the process ended.</returns>
    public async Task<(int Number, string Line)?> WaitAsync(int from, Func<string, bool> matches, TimeSpan timeout)
    {
        using CancellationTokenSource deadline = new(timeout);
        int next = from;
        while (true)
        {
            Task changed;
            bool ended;
            lock (_lock)
            {
                for (; next < _lines.Count; next++)
                    if (matches(_lines[next])) return (next, _lines[next]);

                changed = _changed.Task;
                ended = _ended;
            }

            if (ended) return null;
            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    /// <summary>The last lines, for the message of a failing test.</summary>
    public string Tail(int lines = 30)
    {
        StringBuilder text = new();
        foreach (string line in Since(Math.Max(0, Count - lines))) text.Append("  | ").AppendLine(line);
        return text.ToString();
    }
}
