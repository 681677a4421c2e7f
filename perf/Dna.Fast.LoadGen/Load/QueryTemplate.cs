using System.Buffers.Binary;
using Dna.Fast.LoadGen.Workload;
using Dna.Fast.Wire;

namespace Dna.Fast.LoadGen.Load;

/// <summary>A datagram made once, in which transaction id, key, value id and value head are replaced in place. One thread.</summary>
/// <remarks>Places are found by markers, so nothing here knows how a message is laid out.</remarks>
internal sealed class QueryTemplate
{
    /// <summary>Placeholder for the transaction id: five bytes on the wire, as every id of <see cref="InFlightTable"/>.</summary>
    public const uint Transaction = 0xA9C3_5E17;

    /// <summary>Placeholder for the key.</summary>
    public static readonly InfoHash Key =
        new([0xD1, 0x5C, 0x0B, 0xE4, 0x77, 0x1A, 0x93, 0xC8, 0x2F, 0x60, 0xB5, 0x3E, 0x99, 0x04, 0xF2, 0x8D, 0x41, 0xA6, 0x1B, 0x70]);

    private readonly byte[] _bytes;
    private readonly int _transactionAt;
    private readonly int _keyAt;
    private readonly int _idAt;
    private readonly int _headAt;
    private readonly int _headBytes;

    /// <param name="datagram">With the placeholders inside.</param>
    /// <param name="idAt">Where the value id lies, negative: nowhere.</param>
    /// <param name="headAt">Where the value's head lies.</param>
    /// <param name="headBytes">Bytes of the head that are in this datagram.</param>
    public QueryTemplate(ReadOnlySpan<byte> datagram, int idAt = -1, int headAt = 0, int headBytes = 0)
    {
        _bytes = datagram.ToArray();
        Span<byte> marker = stackalloc byte[InfoHash.Bytes];
        BinaryPrimitives.WriteUInt32BigEndian(marker, Transaction);
        _transactionAt = datagram.LastIndexOf(marker[..sizeof(uint)]);
        Key.CopyTo(marker);
        _keyAt = datagram.IndexOf(marker);
        _idAt = idAt;
        _headAt = headAt;
        _headBytes = headBytes;
    }

    public int Bytes => _bytes.Length;

    /// <summary>Writes the datagram.</summary>
    /// <returns>Its length.</returns>
    public int Write(Span<byte> to, uint transaction, KeySpace keys, uint key, ulong valueId)
    {
        _bytes.CopyTo(to);
        BinaryPrimitives.WriteUInt32BigEndian(to[_transactionAt..], transaction);
        if (_keyAt >= 0) keys.Write(key, to[_keyAt..]);
        if (_idAt >= 0)
        {
            BinaryPrimitives.WriteUInt64BigEndian(to[_idAt..], valueId);
            Span<byte> head = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(head, ValueShape.Head(key, valueId));
            head[.._headBytes].CopyTo(to[_headAt..]);
        }

        return _bytes.Length;
    }
}
