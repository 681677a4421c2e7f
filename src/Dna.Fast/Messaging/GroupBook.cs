using System.Security.Cryptography;
using System.Text.Json;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Messaging;

/// <summary>The groups a user knows, with their keys: the file <c>groups</c>, JSON sealed for the user. One command at a time has it (<see cref="StateTurn"/>).</summary>
/// <remarks>Plaintext: <c>{"version":1,"groups":[{uuid, name, creator, keys:[{version, key (base64), since, members[]}], read:{id: milliseconds}}]}</c>.</remarks>
internal sealed class GroupBook
{
    /// <summary>Names the turn at it.</summary>
    public const string Turn = "groups";

    private const int BytesMax = 16 * 1024 * 1024;

    private const int Version = 1;

    private readonly IUserKeys _keys;
    private readonly StateFolder _state;
    private readonly Dictionary<string, KnownGroup> _groups = [];

    private GroupBook(IUserKeys keys, StateFolder state)
    {
        _keys = keys;
        _state = state;
    }

    /// <summary>By name.</summary>
    public IReadOnlyList<KnownGroup> All => [.. _groups.Values.OrderBy(group => group.Name, StringComparer.OrdinalIgnoreCase).ThenBy(group => group.Uuid, StringComparer.Ordinal)];

    private string PathOf => Path.Combine(_state.OfUser, "groups");

    /// <summary>Reads it.</summary>
    /// <param name="note">Told when the file is damaged, and was set aside.</param>
    /// <exception cref="IOException">It cannot be read, or a newer version of this program wrote it: then it is left as it is.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read.</exception>
    public static GroupBook Load(IUserKeys keys, StateFolder state, Action<string> note)
    {
        var book = new GroupBook(keys, state);
        if (!File.Exists(book.PathOf) || book.TryRead(PrivateFile.Read(book.PathOf, BytesMax))) return book;
        string aside = StateFolder.SetAside(book.PathOf);
        book._groups.Clear();
        note($"{book.PathOf} is damaged and was set aside as {aside}; dna group show UUID makes a group known again");
        return book;
    }

    public KnownGroup? Find(string uuid) => _groups.GetValueOrDefault(uuid);

    /// <summary>Takes a group in, and keeps all of it on the disk.</summary>
    /// <exception cref="IOException">Not kept.</exception>
    /// <exception cref="UnauthorizedAccessException">Not kept.</exception>
    public void Keep(KnownGroup group)
    {
        _groups[group.Uuid] = group;
        Save();
    }

    /// <inheritdoc cref="Keep"/>
    public void Forget(string uuid)
    {
        if (_groups.Remove(uuid)) Save();
    }

    private void Save()
    {
        using var buffer = new SecretWriter();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteStartArray("groups");
            foreach (KnownGroup group in _groups.Values) Write(json, group);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        byte[] sealedBook = _keys.Seal([_keys.EncryptionKey], buffer.Written) ?? throw new IOException("The groups are too many to be kept.");
        _state.Prepare();
        PrivateFile.Write(PathOf, sealedBook);
    }

    private static void Write(Utf8JsonWriter json, KnownGroup group)
    {
        json.WriteStartObject();
        json.WriteString("uuid", group.Uuid);
        json.WriteString("name", group.Name);
        json.WriteString("creator", group.Creator);
        json.WriteStartArray("keys");
        foreach (KnownGroupKey key in group.Keys)
        {
            json.WriteStartObject();
            json.WriteNumber("version", key.Version);
            json.WriteBase64String("key", key.Key.Span);
            json.WriteNumber("since", key.Since);
            json.WriteStartArray("members");
            foreach (string member in key.Members) json.WriteStringValue(member);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("read");
        foreach ((string id, ulong time) in group.Read) json.WriteNumber(id, time);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <returns>False when it is not what <see cref="Save"/> writes.</returns>
    private bool TryRead(byte[] file)
    {
        // Whoever can write here and knows the public key can seal something: it has to be signed by us too.
        if (_keys.Open(file, out byte[]? plaintext, out byte[]? signer) != OpenStatus.Ok || !_keys.SigningKey.Span.SequenceEqual(signer)) return false;
        try
        {
            using JsonDocument document = JsonDocument.Parse(plaintext);
            int version = document.RootElement.GetProperty("version").GetInt32();
            if (version > Version) throw new IOException($"{PathOf} was written by a newer version of dna.");
            if (version != Version) return false;
            foreach (JsonElement entry in document.RootElement.GetProperty("groups").EnumerateArray())
            {
                KnownGroup group = Read(entry);
                _groups[group.Uuid] = group;
            }

            return true;
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private static KnownGroup Read(JsonElement entry) => new(Text(entry, "uuid"), Text(entry, "name"), Text(entry, "creator"))
    {
        Keys =
        [
            .. entry.GetProperty("keys").EnumerateArray().Select(key => new KnownGroupKey(
                key.GetProperty("version").GetUInt32(), key.GetProperty("key").GetBytesFromBase64(), key.GetProperty("since").GetUInt64(),
                [.. key.GetProperty("members").EnumerateArray().Select(member => member.GetString()!)])),
        ],
        Read = entry.GetProperty("read").EnumerateObject().ToDictionary(message => message.Name, message => message.Value.GetUInt64()),
    };

    private static string Text(JsonElement entry, string name) => entry.GetProperty(name).GetString() ?? throw new FormatException();
}
