using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Dna.Fast.Messenger;

/// <summary>Writes the big-endian fields of a record, and the messages that signatures cover. One thread.</summary>
internal sealed class ByteWriter
{
    private readonly ArrayBufferWriter<byte> _buffer;

    /// <param name="sizeHint">How long it becomes, in bytes; it grows when it must.</param>
    public ByteWriter(int sizeHint = 256) => _buffer = new ArrayBufferWriter<byte>(sizeHint);

    public int Length => _buffer.WrittenCount;

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public ByteWriter Byte(byte value)
    {
        _buffer.Write([value]);
        return this;
    }

    public ByteWriter UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.GetSpan(sizeof(ushort)), value);
        _buffer.Advance(sizeof(ushort));
        return this;
    }

    public ByteWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.GetSpan(sizeof(uint)), value);
        _buffer.Advance(sizeof(uint));
        return this;
    }

    public ByteWriter UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.GetSpan(sizeof(ulong)), value);
        _buffer.Advance(sizeof(ulong));
        return this;
    }

    public ByteWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    public ByteWriter Text(string text)
    {
        Encoding.UTF8.GetBytes(text, _buffer);
        return this;
    }

    /// <summary>A text in a field of fixed size, padded with zeros; at least one zero ends it.</summary>
    /// <exception cref="ArgumentException">It is too long for the field: whoever makes a record checks it first.</exception>
    public ByteWriter FixedText(string text, int size)
    {
        Span<byte> field = _buffer.GetSpan(size)[..size];
        field.Clear();
        if (Encoding.UTF8.GetByteCount(text) >= size) throw new ArgumentException($"A field of {size} bytes holds {size - 1} bytes of text.", nameof(text));
        Encoding.UTF8.GetBytes(text, field);
        _buffer.Advance(size);
        return this;
    }
}
