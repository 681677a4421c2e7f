using System.Text.Json;

namespace Dna.Fast.Wire.Tests;

/// <summary>The captured datagrams of <c>vectors/</c>, which <c>index.json</c> describes one by one.</summary>
internal static class Vectors
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "vectors");

    /// <summary>All of them, in the order of the index.</summary>
    public static IReadOnlyList<Vector> All { get; } = Load();

    /// <summary>Those that are datagrams of the node's own socket; the two of peer discovery are not.</summary>
    public static IEnumerable<Vector> Messages => All.Where(vector => vector.Direction != "other");

    public static Vector Named(string file) => All.Single(vector => vector.File == file + ".bin");

    public static string Key(string name) => Path.Combine(Folder, "keys", name);

    private static List<Vector> Load()
    {
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "index.json")));
        return [.. index.RootElement.GetProperty("vectors").EnumerateArray().Select(Read)];
    }

    private static Vector Read(JsonElement entry)
    {
        string file = entry.GetProperty("file").GetString()!;
        return new Vector(
            file,
            entry.GetProperty("shape").GetString()!,
            entry.GetProperty("direction").GetString()!,
            entry.TryGetProperty("group", out JsonElement group) ? group.GetString() : null,
            entry.GetProperty("from").GetString()!,
            entry.GetProperty("len").GetInt32(),
            entry.GetProperty("decoded").Clone(),
            File.ReadAllBytes(Path.Combine(Folder, file)));
    }
}

/// <summary>One captured datagram.</summary>
internal sealed record Vector(
    string File, string Shape, string Direction, string? Group, string From, int Length, JsonElement Decoded, byte[] Bytes)
{
    public override string ToString() => File;
}
