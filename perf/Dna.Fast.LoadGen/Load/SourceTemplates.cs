using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>All datagrams one source sends, made from its id and its token. One thread.</summary>
internal sealed class SourceTemplates
{
    private readonly QueryTemplate _ping;
    private readonly QueryTemplate _find;
    private readonly QueryTemplate _get;
    private readonly QueryTemplate[][] _puts;
    private readonly SignedTemplates? _signed;

    /// <param name="token">1 to 64 bytes; empty: puts cannot be made.</param>
    /// <param name="created">Creation time sent with puts, seconds since 1970 UTC.</param>
    public SourceTemplates(in Sender self, ValueSizes sizes, ReadOnlySpan<byte> token, long created)
    {
        Span<byte> room = stackalloc byte[SendRoom];
        _ping = new QueryTemplate(room[..QueryWriter.Ping(room, self, QueryTemplate.Transaction)]);
        _find = new QueryTemplate(room[..QueryWriter.Find(room, self, QueryTemplate.Transaction, QueryTemplate.Key, Want.Unsaid)]);
        _get = new QueryTemplate(room[..QueryWriter.Get(room, self, QueryTemplate.Transaction, QueryTemplate.Key, default, Want.Unsaid)]);
        _puts = new QueryTemplate[sizes.Count][];
        for (int i = 0; i < sizes.Count; i++) _puts[i] = token.IsEmpty ? [] : Put(self, sizes[i], token, created);
        if (sizes.Signed is { } signed && !token.IsEmpty) _signed = new SignedTemplates(self, signed, token, created);
    }

    private const int SendRoom = Sockets.SendBatch.DatagramBytesMax;

    /// <summary>Datagrams a put takes: one, or a header and its fragments.</summary>
    public int PutDatagrams(in Request request, int size) => IsSigned(request) ? _signed!.Datagrams : _puts[size].Length;

    /// <summary>Writes datagram <paramref name="part"/> of a request.</summary>
    /// <returns>Its length.</returns>
    public int Write(Span<byte> to, in Request request, uint transaction, KeySpace keys, int size, int part)
    {
        if (request.Kind == RequestKind.Put && IsSigned(request)) return _signed!.Write(to, request, transaction, keys, part);
        QueryTemplate template = request.Kind switch
        {
            RequestKind.Ping => _ping,
            RequestKind.Find => _find,
            RequestKind.Get => _get,
            _ => _puts[size][part],
        };
        return template.Write(to, transaction, keys, request.Key, request.ValueId);
    }

    // Loaded values stay unsigned: it is the new ones that are to cost a verification.
    private bool IsSigned(in Request request) => _signed is not null && request.Key >= SteadyWorkload.PutKeysFrom;

    private static QueryTemplate[] Put(in Sender self, ValueShape shape, ReadOnlySpan<byte> token, long created)
    {
        Span<byte> room = stackalloc byte[SendRoom];
        Span<byte> values = stackalloc byte[SendRoom];
        int bytes;
        if (ValueListWriter.FitsInline(1, shape.PackedBytes))
        {
            bytes = ValueListWriter.Inline(values, shape.Template, 1);
            bytes = QueryWriter.Put(room, self, QueryTemplate.Transaction, QueryTemplate.Key, values[..bytes], created, token);
            int at = room[..bytes].IndexOf(shape.Template);
            return [new QueryTemplate(room[..bytes], at + shape.IdOffset, at + shape.HeadOffset, shape.HeadBytes)];
        }

        bytes = ValueListWriter.Sizes(values, [shape.PackedBytes]);
        bytes = QueryWriter.Put(room, self, QueryTemplate.Transaction, QueryTemplate.Key, values[..bytes], created, token);
        List<QueryTemplate> parts = [new QueryTemplate(room[..bytes])];
        for (int offset = 0; offset < shape.PackedBytes; offset += WireLimits.FragmentBytes)
        {
            ReadOnlySpan<byte> data = shape.Template[offset..Math.Min(offset + WireLimits.FragmentBytes, shape.PackedBytes)];
            bytes = FragmentWriter.Write(room, self, QueryTemplate.Transaction, 0, offset, data);
            int at = room[..bytes].IndexOf(data);

            // Id and head lie within the first fragment.
            parts.Add(offset == 0
                ? new QueryTemplate(room[..bytes], at + shape.IdOffset, at + shape.HeadOffset, shape.HeadBytes)
                : new QueryTemplate(room[..bytes]));
        }

        return [.. parts];
    }
}
