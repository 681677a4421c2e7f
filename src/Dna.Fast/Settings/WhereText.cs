using System.Text;
using Dna.Fast.Wire;

namespace Dna.Fast.Settings;

/// <summary>Filters as people write them, <c>FIELD=VALUE</c>, with stock tools' field names: <c>id</c> (hex), <c>value_type</c>, <c>owner_pk</c> (40 hex digits), <c>user_type</c>.</summary>
internal static class WhereText
{
    public static bool TryParse(string text, out ValueFilter? filter, out string? problem)
    {
        filter = null;
        problem = null;
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string field = equals < 0 ? text : text[..equals];
        string value = equals < 0 ? "" : text[(equals + 1)..];
        filter = field switch
        {
            "id" when HexId.TryParse(value, out ulong id) => new ValueFilter(ValueField.Id, id, null),
            "value_type" when ValueTypeText.TryParse(value, out ushort type) => new ValueFilter(ValueField.Type, type, null),
            "owner_pk" when InfoHash.TryParse(value, out InfoHash owner) => new ValueFilter(ValueField.Owner, 0, Bytes(owner)),
            "user_type" when value.Length > 0 => new ValueFilter(ValueField.UserType, 0, Encoding.UTF8.GetBytes(value)),
            _ => null,
        };
        if (filter is not null) return true;
        problem = field switch
        {
            "id" => $"'{value}' is no value id: 1 to 16 hexadecimal digits, not 0",
            "value_type" => $"'{value}' is no value type: 7d, 30d, 365d or 0 to 65535",
            "owner_pk" => $"'{value}' is no key id: 40 hexadecimal digits",
            "user_type" => "user_type needs a text",
            "seq" => "the protocol has no filter for seq",
            _ => $"'{field}' is no field: id, value_type, owner_pk or user_type, as in id=1f",
        };
        return false;
    }

    /// <summary>All filters as one packed query map; empty when there are none.</summary>
    public static ReadOnlyMemory<byte> Pack(IReadOnlyList<ValueFilter> filters) => filters.Count == 0 ? default : ValueFilter.Pack(filters);

    private static byte[] Bytes(in InfoHash hash)
    {
        byte[] bytes = new byte[InfoHash.Bytes];
        hash.CopyTo(bytes);
        return bytes;
    }
}
