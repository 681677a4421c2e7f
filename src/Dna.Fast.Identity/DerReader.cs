namespace Dna.Fast.Identity;

/// <summary>Walks DER (ITU-T X.690): tag, length, content. A view; allocates nothing; never throws on input.</summary>
/// <remarks>Only what keys and certificates need: one-byte tags, definite lengths in their shortest form, of at most 4 bytes.</remarks>
internal ref struct DerReader(ReadOnlySpan<byte> der)
{
    public const byte Integer = 0x02;
    public const byte BitString = 0x03;
    public const byte Null = 0x05;
    public const byte ObjectId = 0x06;
    public const byte Sequence = 0x30;

    private ReadOnlySpan<byte> _rest = der;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads the next element when it has this tag.</summary>
    /// <param name="content">Its content.</param>
    /// <returns>False when it has another tag, is cut short or is no DER; nothing is read then.</returns>
    public bool TryRead(byte tag, out ReadOnlySpan<byte> content) => TryRead(tag, out content, out _);

    /// <param name="whole">The element with its tag and length.</param>
    public bool TryRead(byte tag, out ReadOnlySpan<byte> content, out ReadOnlySpan<byte> whole)
    {
        content = whole = default;
        if (_rest.Length < 2 || _rest[0] != tag) return false;
        int header = 2;
        long length = _rest[1];
        if (length >= 0x80)
        {
            int lengthBytes = (int)length & 0x7F;
            if (lengthBytes is 0 or > 4 || _rest.Length < 2 + lengthBytes) return false;
            length = 0;
            foreach (byte part in _rest.Slice(2, lengthBytes)) length = length << 8 | part;
            header += lengthBytes;
            bool isShortest = length >= 0x80 && length >> 8 * (lengthBytes - 1) != 0;
            if (!isShortest) return false;
        }

        if (length > _rest.Length - header) return false;
        whole = _rest[..(header + (int)length)];
        content = whole[header..];
        _rest = _rest[whole.Length..];
        return true;
    }

    /// <summary>Reads a positive integer in its shortest form, without the zero byte that keeps it positive.</summary>
    public bool TryReadPositive(out ReadOnlySpan<byte> magnitude)
    {
        DerReader before = this;
        magnitude = default;
        if (TryRead(Integer, out ReadOnlySpan<byte> content) && content.Length > 0 && content[0] < 0x80)
        {
            bool isPadded = content[0] == 0;
            if (!isPadded || (content.Length > 1 && content[1] >= 0x80))
            {
                magnitude = isPadded ? content[1..] : content;
                return true;
            }
        }

        this = before;
        return false;
    }
}
