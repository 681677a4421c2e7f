using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Dna.Fast.Identity;

/// <summary>AES-256 key wrap with the default initial value (RFC 3394).</summary>
/// <remarks>Any thread. Own code: the platform has the padded form only (RFC 5649), whose output is another.</remarks>
internal static class AesKeyWrap
{
    /// <summary>What wrapping adds: the initial value, encrypted along.</summary>
    public const int OverheadBytes = BlockBytes;

    private const int BlockBytes = 8;
    private const int CipherBytes = 16;

    // RFC 3394, section 2.2: six rounds over all blocks.
    private const int Rounds = 6;

    // Longest key wrapped here; the RFC sets no bound.
    private const int KeyBytesMax = 64;

    // RFC 3394, section 2.2.3.1.
    private const ulong InitialValue = 0xA6A6A6A6A6A6A6A6;

    /// <param name="kek">32 bytes.</param>
    /// <param name="key">16 to 64 bytes, a multiple of 8.</param>
    /// <param name="wrapped">8 bytes more than the key.</param>
    public static void Wrap(ReadOnlySpan<byte> kek, ReadOnlySpan<byte> key, Span<byte> wrapped)
    {
        CheckSizes(key.Length, wrapped.Length);
        using var cipher = new BlockCipher(kek, isEncrypting: true);
        Span<byte> rest = wrapped[BlockBytes..];
        key.CopyTo(rest);
        ulong a = InitialValue;
        uint step = 1;
        for (int round = 0; round < Rounds; round++)
        {
            for (int at = 0; at < rest.Length; at += BlockBytes, step++) a = cipher.Transform(a, rest.Slice(at, BlockBytes)) ^ step;
        }

        BinaryPrimitives.WriteUInt64BigEndian(wrapped, a);
    }

    /// <param name="kek">32 bytes.</param>
    /// <param name="wrapped">24 to 72 bytes, a multiple of 8.</param>
    /// <param name="key">8 bytes less; zeroed when the answer is false.</param>
    /// <returns>False when another key wrapped it, or it was changed.</returns>
    public static bool TryUnwrap(ReadOnlySpan<byte> kek, ReadOnlySpan<byte> wrapped, Span<byte> key)
    {
        CheckSizes(key.Length, wrapped.Length);
        using var cipher = new BlockCipher(kek, isEncrypting: false);
        wrapped[BlockBytes..].CopyTo(key);
        ulong a = BinaryPrimitives.ReadUInt64BigEndian(wrapped);
        uint step = (uint)(Rounds * key.Length / BlockBytes);
        for (int round = 0; round < Rounds; round++)
        {
            for (int at = key.Length - BlockBytes; at >= 0; at -= BlockBytes, step--) a = cipher.Transform(a ^ step, key.Slice(at, BlockBytes));
        }

        // One comparison of 64 bits tells nothing about where they differ.
        if (a == InitialValue) return true;
        CryptographicOperations.ZeroMemory(key);
        return false;
    }

    private static void CheckSizes(int key, int wrapped)
    {
        if (key is < 2 * BlockBytes or > KeyBytesMax || key % BlockBytes != 0 || wrapped != key + OverheadBytes)
            throw new ArgumentException("A wrapped key is 8 bytes longer than the key, which is 16 to 64 bytes in steps of 8.");
    }

    /// <summary>AES on single blocks. A transform is kept for all of them: making one costs more than the 24 blocks of a wrap.</summary>
    private readonly struct BlockCipher : IDisposable
    {
        private readonly Aes _aes = Aes.Create();
        private readonly ICryptoTransform _transform;

        // Pinned: halves of the key pass through it.
        private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(CipherBytes, pinned: true);

        public BlockCipher(ReadOnlySpan<byte> key, bool isEncrypting)
        {
            _aes.Mode = CipherMode.ECB;
            _aes.Padding = PaddingMode.None;
            _aes.SetKey(key);
            _transform = isEncrypting ? _aes.CreateEncryptor() : _aes.CreateDecryptor();
        }

        /// <summary>Transforms the block of both halves; the second one is replaced, the first one returned.</summary>
        public ulong Transform(ulong first, Span<byte> second)
        {
            BinaryPrimitives.WriteUInt64BigEndian(_block, first);
            second.CopyTo(_block.AsSpan(BlockBytes));
            _transform.TransformBlock(_block, 0, CipherBytes, _block, 0);
            _block.AsSpan(BlockBytes).CopyTo(second);
            return BinaryPrimitives.ReadUInt64BigEndian(_block);
        }

        public void Dispose()
        {
            CryptographicOperations.ZeroMemory(_block);
            _transform.Dispose();
            _aes.Dispose();
        }
    }
}
