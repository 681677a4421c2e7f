namespace Dna.Fast.Wire;

/// <summary>Walks <see cref="Message.Refreshed"/> or <see cref="Message.Expired"/>.</summary>
public ref struct ValueIdEnumerator
{
    private MsgpackReader _reader;
    private ulong _current;
    private int _left;

    public ValueIdEnumerator(ReadOnlySpan<byte> ids, int count)
    {
        _reader = new MsgpackReader(ids);
        _left = count;
    }

    public readonly ulong Current => _current;

    public bool MoveNext() => _left-- > 0 && _reader.TryReadUInt64(out _current);
}
