using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dna.Fast.Settings;
using Microsoft.Extensions.Logging;

namespace Dna.Fast.Logging;

/// <summary>Log lines on the standard error: <c>TIME level message</c>, or one JSON object with the message's fields.</summary>
/// <remarks>Any thread; a line is written in one piece, at once. What is logged is rare: traffic is counted, not logged.</remarks>
internal sealed class StderrLogger(LogLevel least, LogFormat format, TextWriter output, TimeProvider time) : ILogger
{
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock _line = new();

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && least != LogLevel.None && logLevel != LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        string when = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string message = formatter(state, exception);
        string line = format == LogFormat.Json
            ? Json(when, Name(logLevel), eventId.Name, message, state as IReadOnlyList<KeyValuePair<string, object?>>, exception)
            : $"{when} {Name(logLevel),-5} {OneLineOf(message)}{(exception is null ? "" : Environment.NewLine + exception)}";
        lock (_line) output.WriteLine(line);
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
