using System.Buffers.Binary;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>The datagrams of a signed put: a header, which announces the length, and the fragments with the value. One thread.</summary>
/// <remarks>All values have one length, so the datagrams are made once; transaction, key, value and value id are replaced in them.</remarks>
internal sealed class SignedTemplates
{
    private readonly SignedValues _values;
    private readonly QueryTemplate _header;
    private readonly Fragment[] _fragments;

    private sealed record Fragment(QueryTemplate Template, int ValueAt, int Offset, int Bytes);

    /// <param name="token">Not empty.</param>
    public SignedTemplates(in Sender self, SignedValues values, ReadOnlySpan<byte> token, long created)
    {
        _values = values;
        Span<byte> room = stackalloc byte[Sockets.SendBatch.DatagramBytesMax], sizes = stackalloc byte[16];
        int bytes = ValueListWriter.Sizes(sizes, [values.PackedBytes]);
        bytes = QueryWriter.Put(room, self, QueryTemplate.Transaction, QueryTemplate.Key, sizes[..bytes], created, token);
        _header = new QueryTemplate(room[..bytes]);
        var fragments = new List<Fragment>();
        for (int offset = 0; offset < values.PackedBytes; offset += WireLimits.FragmentBytes)
        {
            ReadOnlySpan<byte> data = values[0][offset..Math.Min(offset + WireLimits.FragmentBytes, values.PackedBytes)];
            bytes = FragmentWriter.Write(room, self, QueryTemplate.Transaction, 0, offset, data);
            fragments.Add(new Fragment(new QueryTemplate(room[..bytes]), room[..bytes].IndexOf(data), offset, data.Length));
        }

        _fragments = [.. fragments];
    }

    /// <summary>Datagrams a put takes.</summary>
    public int Datagrams => 1 + _fragments.Length;

    /// <summary>Writes datagram <paramref name="part"/> of a put.</summary>
    /// <returns>Its length.</returns>
    public int Write(Span<byte> to, in Request request, uint transaction, KeySpace keys, int part)
    {
        if (part == 0) return _header.Write(to, transaction, keys, request.Key, 0);
        Fragment fragment = _fragments[part - 1];
        int bytes = fragment.Template.Write(to, transaction, keys, request.Key, 0);
        Span<byte> value = to.Slice(fragment.ValueAt, fragment.Bytes);
        _values.Of(request.ValueId).Slice(fragment.Offset, fragment.Bytes).CopyTo(value);

        // The id lies within the first bytes, so within the first fragment.
        if (fragment.Offset == 0) BinaryPrimitives.WriteUInt64BigEndian(value[_values.IdOffset..], request.ValueId);
        return bytes;
    }
}
