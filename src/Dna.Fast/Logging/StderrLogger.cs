using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dna.Fast.Settings;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Logging;

/// <summary>Log lines on the standard error: <c>TIME level message</c>, or one JSON object with the message's fields.</summary>
/// <remarks>
/// Any thread; a line is written in one piece, at once. What is logged is rare: traffic is counted, not logged. And a line that repeats is folded: within a window it is
/// said once, and "N more like this in the last M s" when the window is over. Level, format and window may change at any time.
/// </remarks>
internal sealed class StderrLogger : ILogger, IDisposable
{
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock _line = new();
    private readonly LineFolder _folder = new();
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private volatile LogFormat _format;
    private volatile LogLevel _least;
    private long _timerMs = long.MaxValue;

    public StderrLogger(LogLevel least, LogFormat format, TextWriter output, TimeProvider time)
    {
        (_least, _format, _output, _time) = (least, format, output, time);
        _timer = time.CreateTimer(_ => WindowsAreOver(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Less important lines are left out; <see cref="LogLevel.None"/>: all.</summary>
    public LogLevel Least
    {
        get => _least;
        set => _least = value;
    }

    public LogFormat Format
    {
        get => _format;
        set => _format = value;
    }

    /// <summary>How long a line is said once; zero, which it is at first: as often as it comes.</summary>
    public TimeSpan FoldWindow
    {
        get
        {
            lock (_line) return TimeSpan.FromMilliseconds(_folder.WindowMs);
        }

        set
        {
            lock (_line)
            {
                SayFolded(NowMs, all: true);
                _folder.WindowMs = (long)value.TotalMilliseconds;
            }
        }
    }

    /// <summary>Says what is folded still. Lines that come later are written, but not folded.</summary>
    public void Dispose()
    {
        FoldWindow = TimeSpan.Zero;
        _timer.Dispose();
    }

    public bool IsEnabled(LogLevel logLevel)
    {
        LogLevel least = _least;
        return logLevel >= least && least != LogLevel.None && logLevel != LogLevel.None;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        string message = formatter(state, exception);
        string repeated = exception is null ? message : $"{message} {exception}";
        string line = Line(logLevel, eventId.Name, message, state as IReadOnlyList<KeyValuePair<string, object?>>, exception);
        lock (_line)
        {
            long nowMs = NowMs;
            SayFolded(nowMs, all: false);
            if (Logging.Log.IsAskedFor(eventId) || _folder.Admits(logLevel, eventId, repeated, nowMs)) WriteLine(line);
            else SetTimer(nowMs);
        }
    }

    private long NowMs => _time.GetTimestamp() / (_time.TimestampFrequency / 1000);

    private string Line(LogLevel level, string? eventName, string message, IReadOnlyList<KeyValuePair<string, object?>>? fields, Exception? exception)
    {
        string when = _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return _format == LogFormat.Json
            ? Json(when, Name(level), eventName, message, fields, exception)
            : $"{when} {Name(level),-5} {OneLineOf(message)}{(exception is null ? "" : Environment.NewLine + exception)}";
    }

    private void WindowsAreOver()
    {
        lock (_line)
        {
            long nowMs = NowMs;
            _timerMs = long.MaxValue;
            SayFolded(nowMs, all: false);
            SetTimer(nowMs);
        }
    }

    // Under the lock. Once a window: lines that are folded cost no more than their formatting.
    private void SetTimer(long nowMs)
    {
        if (_folder.NextEndMs >= _timerMs) return;
        _timerMs = _folder.NextEndMs;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, _timerMs - nowMs)), Timeout.InfiniteTimeSpan);
    }

    private void SayFolded(long nowMs, bool all)
    {
        foreach (FoldedLines folded in _folder.Take(nowMs, all))
        {
            string message = string.Create(CultureInfo.InvariantCulture, $"{folded.Lines} more like this in the last {folded.Seconds} s: {folded.LastMessage}");
            WriteLine(Line(folded.Level, folded.Event.Name, message, [new("Folded", folded.Lines), new("Seconds", folded.Seconds)], null));
        }
    }

    // A log that cannot be written, for its disk is full or its terminal gone, is no reason to end a node.
    private void WriteLine(string line)
    {
        try
        {
            _output.WriteLine(line);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // There is nobody left to tell.
        }
    }

    private static string Json(
        string when, string level, string? eventName, string message, IReadOnlyList<KeyValuePair<string, object?>>? fields, Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, OneLine))
        {
            json.WriteStartObject();
            json.WriteString("time", when);
            json.WriteString("level", level);
            if (eventName is not null) json.WriteString("event", eventName);
            json.WriteString("message", message);
            foreach ((string name, object? value) in fields ?? [])
            {
                if (name == "{OriginalFormat}") continue;
                if (value is int or long or uint or ushort) json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                else json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
            }

            if (exception is not null) json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    // A stranger's text inside a message must not begin a line of its own.
    private static string OneLineOf(string message) => message.ReplaceLineEndings(" ");

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}
