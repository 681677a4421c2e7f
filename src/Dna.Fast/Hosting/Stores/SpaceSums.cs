using System.Text.Json;

namespace Dna.Fast.Hosting.Stores;

/// <summary>Who takes how much, in bounded memory: the light ones are forgotten when there are too many, so the heavy ones are right to within what was forgotten.</summary>
internal sealed class SpaceSums
{
    /// <summary>Names counted apart.</summary>
    private const int NamesMax = 16_384;

    private readonly Dictionary<string, (long Values, long Bytes)> _sums = [];

    /// <summary>Bytes of names that were forgotten.</summary>
    public long Forgotten { get; private set; }

    public void Add(string name, long bytes)
    {
        (long values, long sum) = _sums.GetValueOrDefault(name);
        _sums[name] = (values + 1, sum + bytes);
        if (_sums.Count > NamesMax) ForgetLight();
    }

    /// <summary>Writes the heaviest as a list into the object that is open.</summary>
    public void Write(Utf8JsonWriter json, string list, int most)
    {
        json.WriteStartArray(list);
        foreach ((string name, (long values, long bytes)) in _sums.OrderByDescending(sum => sum.Value.Bytes).ThenBy(sum => sum.Key, StringComparer.Ordinal).Take(most))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("values", values);
            json.WriteNumber("bytes", bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void ForgetLight()
    {
        foreach ((string name, (long _, long bytes)) in _sums.OrderBy(sum => sum.Value.Bytes).Take(NamesMax / 2).ToList())
        {
            Forgotten += bytes;
            _sums.Remove(name);
        }
    }
}
