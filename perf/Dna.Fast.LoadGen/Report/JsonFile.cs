using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Dna.Fast.LoadGen.Compare;
using Dna.Fast.LoadGen.Scale;

namespace Dna.Fast.LoadGen.Report;

/// <summary>Writers of JSON, made at compile time: native code has no reflection to fall back on.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(Comparison))]
[JsonSerializable(typeof(ScaleResult))]
internal sealed partial class LoadJson : JsonSerializerContext;

/// <summary>Files of results.</summary>
internal static class JsonFile
{
    public static void Write<T>(string path, T value, JsonTypeInfo<T> type) =>
        File.WriteAllText(path, JsonSerializer.Serialize(value, type) + "\n");
}
