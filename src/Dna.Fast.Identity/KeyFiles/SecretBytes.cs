using System.Security.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>Bytes nobody else may see: pinned, so that the collector leaves no copy behind, and zeroed when disposed. ToString tells their number only.</summary>
/// <remarks>One thread.</remarks>
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;
    private bool _isDisposed;

    /// <param name="length">Bytes, all zero at first.</param>
    public SecretBytes(int length)
    {
        _bytes = GC.AllocateArray<byte>(length, pinned: true);
    }

    public int Length => _bytes.Length;

    /// <exception cref="ObjectDisposedException">They are gone.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _bytes;
        }
    }

    /// <exception cref="ObjectDisposedException">They are gone.</exception>
    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _bytes;
        }
    }

    public static SecretBytes Copy(ReadOnlySpan<byte> bytes)
    {
        var copy = new SecretBytes(bytes.Length);
        bytes.CopyTo(copy._bytes);
        return copy;
    }

    public override string ToString() => $"{_bytes.Length} secret bytes";

    public void Dispose()
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }
}
