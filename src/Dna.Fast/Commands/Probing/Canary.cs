using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dna.Fast.Client;
using Dna.Fast.Hosting;
using Dna.Fast.Wire;

namespace Dna.Fast.Commands.Probing;

/// <summary>A small value that is put only to be read again.</summary>
/// <param name="Through">The node it was put through, as it was written.</param>
/// <param name="Key">Random, so that canaries lie at nodes all over the network.</param>
/// <param name="Data">Random text: what is read must be what was put, byte for byte.</param>
internal sealed record Canary(string Through, InfoHash Key, ulong Id, string Data)
{
    /// <summary>Marks canaries for whoever finds one.</summary>
    public const string UserType = "dna.canary";

    /// <summary>A file of more than this holds no canaries: some thousand lines.</summary>
    private const long FileBytesMax = 1 << 20;

    private const int RandomBytes = 16;

    public static Canary New(string through)
    {
        string text = "canary " + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes));
        return new Canary(through, new InfoHash(RandomNumberGenerator.GetBytes(InfoHash.Bytes)), NewValue.RandomId(), text);
    }

    /// <param name="type">Value type: how long nodes keep it.</param>
    public byte[] Pack(ushort type) => NewValue.Pack(Id, type, Encoding.UTF8.GetBytes(Data), UserType, out _)!;

    /// <summary>True for a packed value that is this canary.</summary>
    public bool IsIn(ReadOnlySpan<byte> packed) =>
        ValueReader.Read(packed, out ValueView value, out _) == DecodeStatus.Ok && value.Id == Id && value.Data.SequenceEqual(Encoding.UTF8.GetBytes(Data));

    /// <summary>Writes <c>key</c> (40 digits) and <c>id</c> (hexadecimal) into the object that is open.</summary>
    public void WriteName(Utf8JsonWriter json)
    {
        json.WriteString("key", Key.ToString());
        json.WriteString("id", Id.ToString("x", CultureInfo.InvariantCulture));
    }

    /// <summary>Keeps canaries for a later probe: one JSON object a line, for the file's owner alone.</summary>
    /// <exception cref="IOException">Not written.</exception>
    /// <exception cref="UnauthorizedAccessException">Not written.</exception>
    public static void Save(string path, IEnumerable<Canary> canaries) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(string.Concat(canaries.Select(canary => JsonLine.Write(json =>
    {
        json.WriteString("through", canary.Through);
        canary.WriteName(json);
        json.WriteString("data", canary.Data);
    }) + "\n"))));

    /// <returns>Null, with the reason for people, when it is no file of canaries.</returns>
    /// <exception cref="IOException">Not read.</exception>
    /// <exception cref="UnauthorizedAccessException">Not read.</exception>
    public static IReadOnlyList<Canary>? Load(string path, out string problem)
    {
        problem = $"{path} is no file of canaries: dna probe --put-only --canary writes one";
        if (new FileInfo(path).Length > FileBytesMax) return null;
        var canaries = new List<Canary>();
        foreach (string line in File.ReadLines(path))
        {
            if (TryParse(line) is not { } canary) return null;
            canaries.Add(canary);
        }

        return canaries.Count > 0 ? canaries : null;
    }

    private static Canary? TryParse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            bool isRead = InfoHash.TryParse(root.GetProperty("key").GetString(), out InfoHash key)
                & ulong.TryParse(root.GetProperty("id").GetString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong id);
            return isRead && id != 0 ? new Canary(root.GetProperty("through").GetString() ?? "", key, id, root.GetProperty("data").GetString() ?? "") : null;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
