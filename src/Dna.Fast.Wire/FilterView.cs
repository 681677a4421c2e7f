using System.Security.Cryptography;

namespace Dna.Fast.Wire;

/// <summary>One filter of a query, <c>{"f": uint field, "v": value}</c> (section 2.4).</summary>
internal ref struct FilterView
{
    /// <summary>Containers open while a filter's keys are read: the query map, the array, the filter.</summary>
    private const int Depth = 3;

    public ValueField Field;

    /// <summary>What a numeric field is compared with.</summary>
    public ulong Number;

    /// <summary>What the owner's key id or the user type is compared with.</summary>
    public ReadOnlySpan<byte> Bytes;

    public readonly bool Matches(in ValueView value) => Field switch
    {
        ValueField.Id => value.Id == Number,
        ValueField.Type => value.Type == Number,
        ValueField.Owner => value.IsSigned && IsKeyId(value.Owner),
        ValueField.UserType => value.UserType.SequenceEqual(Bytes),
        _ => false,
    };

    public static bool TryRead(scoped ref MsgpackReader reader, out FilterView filter)
    {
        filter = default;
        if (!reader.TryReadMapHeader(out int pairs)) return false;
        bool hasField = false, hasNumber = false, hasBytes = false, isBinary = false;
        for (int i = 0; i < pairs; i++)
        {
            if (!reader.TryReadKey(Depth, out ulong key)) return false;
            if (key == WireKeys.F)
            {
                if (!reader.TryReadUInt64(out ulong number)) return false;
                if (!FieldSet.IsKnown(number) || number == (ulong)ValueField.Seq) return reader.Fail(DecodeStatus.OutOfRange);
                filter.Field = (ValueField)number;
                hasField = true;
            }
            else if (key == WireKeys.V)
            {
                hasNumber = reader.Next == MsgpackType.Integer;
                isBinary = reader.Next == MsgpackType.Binary;
                hasBytes = !hasNumber;
                if (!(hasNumber ? reader.TryReadUInt64(out filter.Number) : reader.TryReadBlob(out filter.Bytes))) return false;
            }
            else if (!reader.TrySkip(Depth))
            {
                return false;
            }
        }

        bool fits = filter.Field switch
        {
            ValueField.Id => hasNumber,
            ValueField.Type => hasNumber && filter.Number <= ushort.MaxValue,
            ValueField.Owner => isBinary && filter.Bytes.Length == InfoHash.Bytes,
            _ => hasBytes,
        };
        if (!hasField) return reader.Fail(DecodeStatus.MissingKey);
        return fits || reader.Fail(hasNumber || hasBytes ? DecodeStatus.Malformed : DecodeStatus.MissingKey);
    }

    private readonly bool IsKeyId(ReadOnlySpan<byte> key)
    {
        Span<byte> id = stackalloc byte[InfoHash.Bytes];
        SHA1.HashData(key, id);
        return id.SequenceEqual(Bytes);
    }
}
