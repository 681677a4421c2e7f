using System.Globalization;
using System.Text.Json;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Kademlia.ValueTypes;
using Dna.Fast.Storage;
using Dna.Fast.Wire;

namespace Dna.Fast.Hosting.Stores;

/// <summary>Looks at every value of a store: whether it can be read, is what its slot says, and is genuine where it is signed.</summary>
/// <param name="policy">Verifies signatures; null: they are not looked at.</param>
internal sealed class StoreExamination(StorePolicy? policy) : IKeyValueVisitor
{
    /// <summary>Wrong values that are named; of more, the number.</summary>
    private const int NamedMax = 100;

    private readonly List<(string Key, ulong Id, string Problem)> _named = [];

    public long Values { get; private set; }

    public long Bytes { get; private set; }

    public long Signed { get; private set; }

    public long Wrong { get; private set; }

    public bool Visit(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        Values++;
        Bytes += packed.Length;
        if (ProblemOf(key, slot, packed) is not { } problem) return true;
        Wrong++;
        if (_named.Count < NamedMax) _named.Add((key.ToString(), slot.ValueId, problem));
        return true;
    }

    /// <summary>Writes <c>values</c>, <c>bytes</c>, <c>signed</c> and <c>wrong</c>, a list, into the object that is open.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("values", Values);
        json.WriteNumber("bytes", Bytes);
        if (policy is not null) json.WriteNumber("signed", Signed);
        json.WriteNumber("wrong", Wrong);
        json.WriteStartArray("wrong_values");
        foreach ((string key, ulong id, string problem) in _named)
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteString("id", id.ToString("x", CultureInfo.InvariantCulture));
            json.WriteString("problem", problem);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private string? ProblemOf(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        if (ValueReader.Read(packed, out ValueView value, out int length) != DecodeStatus.Ok || length != packed.Length) return "it is no value";
        if (value.Id != slot.ValueId) return "its id is not that of its slot";
        if (slot.Type != (value.IsEncrypted ? 0 : value.Type)) return "its type is not that of its slot";
        if (policy is null || !value.IsSigned) return null;
        Signed++;
        return TypeRegistry.ChecksSignature(slot.Type) && policy.Verify(key, packed) != StoreVerdict.Store ? "its signature is wrong" : null;
    }
}
