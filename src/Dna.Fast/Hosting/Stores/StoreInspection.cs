using System.Globalization;
using System.Text.Json;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage;
using Dna.Fast.Wire;

namespace Dna.Fast.Hosting.Stores;

/// <summary>Who uses the space of a store: by owner, by key, by type and age, by source.</summary>
internal sealed class StoreInspection(long nowUnixMs) : IKeyValueVisitor
{
    /// <summary>Names told of each kind.</summary>
    private const int Told = 20;

    private readonly StoreSurvey _survey = new(nowUnixMs);
    private readonly SpaceSums _owners = new();
    private readonly SpaceSums _keys = new();

    public bool Visit(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        _survey.Visit(key, slot, packed);
        _keys.Add(key.ToString(), packed.Length);
        bool isRead = ValueReader.Read(packed, out ValueView value, out _) == DecodeStatus.Ok;
        _owners.Add(!isRead ? "unreadable" : value.IsEncrypted ? "encrypted" : value.IsSigned ? OwnerOf(value) : "unsigned", packed.Length);
        return true;
    }

    public void Write(Utf8JsonWriter json)
    {
        _survey.Write(json);
        _owners.Write(json, "owners", Told);
        _keys.Write(json, "keys", Told);
    }

    /// <summary>Writes <c>key</c> and the values under it into the object that is open.</summary>
    public static void WriteKey(Utf8JsonWriter json, IValueStore store, InfoHash key, long nowUnixMs)
    {
        json.WriteString("key", key.ToString());
        json.WriteStartArray("under_key");
        store.Read(key, nowUnixMs, new OneKey(json));
        json.WriteEndArray();
    }

    // An owner is known by its key id, as stock and "dna get" name it.
    private static string OwnerOf(in ValueView value) => InfoHash.Of(value.Owner).ToString();

    private sealed class OneKey(Utf8JsonWriter json) : IValueVisitor
    {
        public bool Visit(in SlotInfo slot, ReadOnlySpan<byte> packed)
        {
            json.WriteStartObject();
            json.WriteString("id", slot.ValueId.ToString("x", CultureInfo.InvariantCulture));
            json.WriteNumber("type", slot.Type);
            json.WriteNumber("bytes", packed.Length);
            json.WriteNumber("created", slot.CreatedUnixMs / 1000);
            if (slot.ExpiresUnixMs != long.MaxValue) json.WriteNumber("expires", slot.ExpiresUnixMs / 1000);
            if (slot.Source.IsValid) json.WriteString("source", slot.Source.ToString());
            if (ValueReader.Read(packed, out ValueView value, out _) == DecodeStatus.Ok && value.IsSigned)
            {
                json.WriteString("owner", OwnerOf(value));
                json.WriteNumber("seq", value.Seq);
            }

            json.WriteEndObject();
            return true;
        }
    }
}
