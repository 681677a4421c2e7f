using Microsoft.Extensions.Logging;

namespace Dna.Fast.Logging;

/// <summary>How often a line like others was not said, for a line that says so.</summary>
internal readonly record struct FoldedLines(LogLevel Level, EventId Event, string LastMessage, long Lines, long Seconds);

/// <summary>Keeps a log line that repeats from flooding the log: of each event, one window says a line once, and only so many different ones.</summary>
/// <remarks>
/// Not thread-safe: its logger locks. Bounded: so many events, and of each so many lines, as the constants say. A window begins with the first line after the last one.
/// </remarks>
internal sealed class LineFolder
{
    /// <summary>Different lines of one event a second of a window: a person can read no more.</summary>
    private const int LinesASecond = 4;

    /// <summary>Lines remembered of one event's window; a repetition of one that was forgotten counts as another line.</summary>
    private const int RememberedMax = 64;

    /// <summary>Events told apart: several times what the node and its web server have. Further ones share one window.</summary>
    private const int EventsMax = 256;

    private static readonly EventId Others = new(int.MinValue, "others");
    private readonly Dictionary<EventKey, Window> _windows = [];

    /// <summary>Length of a window in ms; 0: every line is said.</summary>
    public long WindowMs { get; set; }

    /// <summary>When the first window that holds lines which were not said is over; <see cref="long.MaxValue"/>: none does.</summary>
    public long NextEndMs { get; private set; } = long.MaxValue;

    /// <summary>Asks for one line.</summary>
    /// <param name="message">The line without its time.</param>
    /// <returns>False: it is not said, but counted.</returns>
    public bool Admits(LogLevel level, EventId eventId, string message, long nowMs)
    {
        if (WindowMs <= 0) return true;
        Window window = WindowOf(eventId);
        if (window.Lines == 0 || nowMs - window.StartMs >= WindowMs) window.Begin(nowMs);
        int hash = message.GetHashCode(StringComparison.Ordinal);
        bool isNew = !window.Said.Contains(hash);
        if (isNew && window.Lines < Math.Max(1, WindowMs / 1000) * LinesASecond)
        {
            window.Lines++;
            if (window.Said.Count < RememberedMax) window.Said.Add(hash);
            return true;
        }

        if (window.Folded++ == 0) NextEndMs = Math.Min(NextEndMs, window.StartMs + WindowMs);
        (window.Level, window.Event, window.LastMessage) = (level, eventId, message);
        return false;
    }

    /// <summary>Takes what was folded in windows that are over; or in all, at the end.</summary>
    public IReadOnlyList<FoldedLines> Take(long nowMs, bool all = false)
    {
        if (NextEndMs == long.MaxValue || (!all && nowMs < NextEndMs)) return [];
        var taken = new List<FoldedLines>();
        NextEndMs = long.MaxValue;
        foreach (Window window in _windows.Values.Where(window => window.Folded > 0))
        {
            long endMs = window.StartMs + WindowMs;
            if (all || nowMs >= endMs)
            {
                long seconds = Math.Max(1, (nowMs - window.StartMs + 999) / 1000);
                taken.Add(new FoldedLines(window.Level, window.Event, window.LastMessage, window.Folded, seconds));
                window.End();
            }
            else
            {
                NextEndMs = Math.Min(NextEndMs, endMs);
            }
        }

        return taken;
    }

    private Window WindowOf(EventId eventId)
    {
        if (_windows.TryGetValue(new EventKey(eventId.Id, eventId.Name), out Window? known)) return known;
        var key = _windows.Count < EventsMax ? new EventKey(eventId.Id, eventId.Name) : new EventKey(Others.Id, Others.Name);
        if (!_windows.TryGetValue(key, out Window? window)) _windows.Add(key, window = new Window());
        return window;
    }

    // EventId compares its number alone, and libraries give the same numbers.
    private readonly record struct EventKey(int Id, string? Name);

    private sealed class Window
    {
        public long StartMs { get; private set; }

        public HashSet<int> Said { get; } = [];

        /// <summary>Lines said; 0: the window has not begun.</summary>
        public long Lines { get; set; }

        public long Folded { get; set; }

        public LogLevel Level { get; set; }

        public EventId Event { get; set; }

        public string LastMessage { get; set; } = "";

        public void Begin(long nowMs)
        {
            End();
            StartMs = nowMs;
        }

        public void End()
        {
            (Lines, Folded, LastMessage) = (0, 0, "");
            Said.Clear();
        }
    }
}
