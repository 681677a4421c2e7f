using System.Globalization;
using System.Text.Json;
using Dna.Fast.Kademlia.Store;
using Dna.Fast.Storage;
using Dna.Fast.Wire;

namespace Dna.Fast.Hosting;

/// <summary>What lies in a store: counted by type, by age and by source, value by value.</summary>
internal sealed class StoreSurvey(long nowUnixMs) : IKeyValueVisitor
{
    /// <summary>Sources counted apart; beyond, they are one: whoever occupies much is met early.</summary>
    private const int SourcesMax = 16_384;

    /// <summary>Sources told.</summary>
    private const int SourcesTold = 20;

    private const string Others = "others";

    private static readonly (string Name, long Ms)[] Ages =
    [
        ("10 minutes", 10 * 60_000L), ("1 hour", 3_600_000L), ("1 day", 86_400_000L), ("7 days", 7 * 86_400_000L), ("30 days", 30 * 86_400_000L), ("older", long.MaxValue),
    ];

    private readonly Dictionary<ushort, Sum> _types = [];
    private readonly Dictionary<string, Sum> _sources = [];
    private readonly Sum[] _ages = [.. Ages.Select(_ => new Sum())];

    public long Values { get; private set; }

    public long Bytes { get; private set; }

    public bool Visit(in InfoHash key, in SlotInfo slot, ReadOnlySpan<byte> packed)
    {
        Values++;
        Bytes += packed.Length;
        SumOf(_types, slot.Type).Add(packed.Length);
        SumOf(_sources, SourceOf(slot.Source)).Add(packed.Length);
        long age = nowUnixMs - slot.CreatedUnixMs;
        _ages[Array.FindIndex(Ages, limit => age <= limit.Ms)].Add(packed.Length);
        return true;
    }

    /// <summary>Writes <c>values</c>, <c>bytes</c>, <c>types</c>, <c>ages</c> and <c>sources</c> into the object that is open; lists by weight.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("values", Values);
        json.WriteNumber("bytes", Bytes);
        Write(json, "types", _types.OrderByDescending(entry => entry.Value.Values).Select(entry => (TypeName(entry.Key), entry.Value)));
        Write(json, "ages", Ages.Select((age, i) => (i == Ages.Length - 1 ? age.Name : "up to " + age.Name, _ages[i])));
        Write(json, "sources", _sources.OrderByDescending(entry => entry.Value.Bytes).Take(SourcesTold).Select(entry => (entry.Key, entry.Value)));
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<(string Name, Sum Sum)> entries)
    {
        json.WriteStartArray(name);
        foreach ((string entry, Sum sum) in entries)
        {
            json.WriteStartObject();
            json.WriteString("name", entry);
            json.WriteNumber("values", sum.Values);
            json.WriteNumber("bytes", sum.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string TypeName(ushort type) => type switch
    {
        0x1001 => "7 days (0x1001)",
        0x1002 => "365 days (0x1002)",
        0x1003 => "30 days (0x1003)",
        0 => "plain or encrypted (0)",
        8 => "certificate (8)",
        _ => string.Create(CultureInfo.InvariantCulture, $"0x{type:x4}"),
    };

    private Sum SumOf(Dictionary<string, Sum> sums, string name) =>
        sums.TryGetValue(name, out Sum? sum) ? sum : sums.Count < SourcesMax || name == Others ? SumOf<string>(sums, name) : SumOf(sums, Others);

    private static Sum SumOf<T>(Dictionary<T, Sum> sums, T name)
        where T : notnull
    {
        if (!sums.TryGetValue(name, out Sum? sum)) sums.Add(name, sum = new Sum());
        return sum;
    }

    // As sources are charged: an IPv4 address, or the /64 of an IPv6 address.
    private static string SourceOf(in NodeAddress source)
    {
        if (!source.IsValid) return "this node";
        if (source.IsV4) return source.ToEndPoint().Address.ToString();
        Span<byte> prefix = stackalloc byte[16];
        source.WriteAddress(prefix);
        prefix[8..].Clear();
        return NodeAddress.From(prefix, 0).ToEndPoint().Address + "/64";
    }

    private sealed class Sum
    {
        public long Values { get; private set; }

        public long Bytes { get; private set; }

        public void Add(long bytes)
        {
            Values++;
            Bytes += bytes;
        }
    }
}
