using System.Buffers;
using System.Security.Cryptography;

namespace Dna.Fast.Messaging;

/// <summary>Takes what is written while it is a secret: pinned, and zeroed where it grew from and when it is disposed. One thread.</summary>
internal sealed class SecretWriter : IBufferWriter<byte>, IDisposable
{
    /// <summary>Of a few groups with their keys.</summary>
    private const int FirstBytes = 16 * 1024;

    private byte[] _bytes = GC.AllocateArray<byte>(FirstBytes, pinned: true);
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _bytes.AsSpan(_length);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private void MakeRoom(int sizeHint)
    {
        int needed = checked(_length + Math.Max(1, sizeHint));
        if (needed <= _bytes.Length) return;
        byte[] larger = GC.AllocateArray<byte>(Math.Max(needed, checked(2 * _bytes.Length)), pinned: true);
        Written.CopyTo(larger);
        CryptographicOperations.ZeroMemory(_bytes);
        _bytes = larger;
    }
}
