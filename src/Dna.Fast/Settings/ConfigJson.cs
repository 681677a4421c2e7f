using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dna.Fast.Settings;

/// <summary>Configurations and what is wrong with them, for programs.</summary>
internal static class ConfigJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>{"ok", "file", "problems": [{"source", "name", "line", "column", "key", "message", "suggestion"}]}</c>; what does not apply is null.</summary>
    public static string Problems(LoadedConfig loaded) => Write(json =>
    {
        json.WriteBoolean("ok", loaded.Problems.Count == 0);
        json.WriteString("file", loaded.Configuration.File);
        json.WriteStartArray("problems");
        foreach (ConfigProblem problem in loaded.Problems)
        {
            json.WriteStartObject();
            WritePlace(json, problem.Place);
            json.WriteString("key", problem.Key.Length == 0 ? null : problem.Key);
            json.WriteString("message", problem.Message);
            json.WriteString("suggestion", problem.Suggestion);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>
    /// <c>{"network.port": {"value": 4000, "source": "file", "name": FILE, "line": 3, "column": 1, "live": false}, ...}</c>; sizes in bytes, times in seconds; a secret
    /// has "set" instead of "value".
    /// </summary>
    public static string Effective(IEnumerable<ConfigValue> values) => Write(json =>
    {
        foreach (ConfigValue value in values)
        {
            json.WriteStartObject(value.Key.Path);
            if (value.Key.IsSecret) json.WriteBoolean("set", value.Value is not null);
            else WriteValue(json, value);
            WritePlace(json, value.Place);
            json.WriteBoolean("live", value.Key.IsLive);
            json.WriteEndObject();
        }
    });

    private static void WriteValue(Utf8JsonWriter json, ConfigValue value)
    {
        json.WritePropertyName("value");
        IReadOnlyList<string> texts = value.Key.Format(value.Value);
        switch (value.Key.Kind)
        {
            case ConfigKind.Number or ConfigKind.Switch:
                json.WriteRawValue(texts[0]);
                break;
            case ConfigKind.Size:
                json.WriteNumberValue((long)value.Value!);
                break;
            case ConfigKind.List:
                json.WriteStartArray();
                foreach (string text in texts) json.WriteStringValue(text);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(texts.Count == 0 ? null : texts[0]);
                break;
        }
    }

    private static void WritePlace(Utf8JsonWriter json, ConfigPlace place)
    {
        json.WriteString("source", place.Source switch
        {
            ConfigSource.File => "file",
            ConfigSource.Environment => "environment",
            ConfigSource.Flag => "flag",
            _ => "default",
        });
        json.WriteString("name", place.Name.Length == 0 ? null : place.Name);
        if (place.Line == 0) return;
        json.WriteNumber("line", place.Line);
        json.WriteNumber("column", place.Column);
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
