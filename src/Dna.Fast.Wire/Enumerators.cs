namespace Dna.Fast.Wire;

/// <summary>Walks <see cref="Message.Values"/>.</summary>
public ref struct ValueEnumerator
{
    public ValueEnumerator(ReadOnlySpan<byte> values, int count) => throw new NotImplementedException();

    /// <summary>True when the current element is a size and its bytes travel in fragments.</summary>
    public readonly bool IsSize => throw new NotImplementedException();

    /// <summary>The size, in bytes.</summary>
    public readonly long Size => throw new NotImplementedException();

    /// <summary>The packed value of an inline element, exactly.</summary>
    public readonly ReadOnlySpan<byte> Packed => throw new NotImplementedException();

    public bool MoveNext() => throw new NotImplementedException();
}

/// <summary>Walks <see cref="Message.Nodes4"/> or <see cref="Message.Nodes6"/>.</summary>
public ref struct NodeListEnumerator
{
    public NodeListEnumerator(ReadOnlySpan<byte> list, IpFamily family) => throw new NotImplementedException();

    public readonly InfoHash Id => throw new NotImplementedException();

    public readonly NodeAddress Address => throw new NotImplementedException();

    public bool MoveNext() => throw new NotImplementedException();
}

/// <summary>Walks <see cref="Message.Refreshed"/> or <see cref="Message.Expired"/>.</summary>
public ref struct ValueIdEnumerator
{
    public ValueIdEnumerator(ReadOnlySpan<byte> ids, int count) => throw new NotImplementedException();

    public readonly ulong Current => throw new NotImplementedException();

    public bool MoveNext() => throw new NotImplementedException();
}

/// <summary>Walks <see cref="Message.Fragments"/>: index of the value, offset of the bytes in it, the bytes.</summary>
public ref struct FragmentEnumerator
{
    public FragmentEnumerator(ReadOnlySpan<byte> fragments) => throw new NotImplementedException();

    public readonly int Index => throw new NotImplementedException();

    public readonly int Offset => throw new NotImplementedException();

    public readonly ReadOnlySpan<byte> Data => throw new NotImplementedException();

    public bool MoveNext() => throw new NotImplementedException();
}
