using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dna.Fast.Kademlia.Guard;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012): a fast keyed hash of short inputs; without the key its output cannot be told from random.</summary>
/// <remarks>
/// Key: 128 bits, as two little-endian 64-bit words. Output: 64 bits, or 128 bits by the authors' extension. Two rounds for each 8 bytes of input, four (twice four) at
/// the end. Any thread; allocates nothing; running time depends on the input's length alone.
/// </remarks>
/// <param name="Key0">Bytes 0 to 7 of the key.</param>
/// <param name="Key1">Bytes 8 to 15 of the key.</param>
public readonly record struct SipHash(ulong Key0, ulong Key1)
{
    /// <summary>Output of <see cref="Write128"/>, in bytes.</summary>
    public const int WideBytes = 16;

    /// <summary>The 64-bit hash.</summary>
    public ulong Hash64(ReadOnlySpan<byte> message)
    {
        State state = new(Key0, Key1, isWide: false);
        state.Absorb(message);
        return state.Finish(0xFF);
    }

    /// <summary>The 64-bit hash of the 8 bytes of <paramref name="word"/>, least significant first.</summary>
    public ulong Hash64(ulong word)
    {
        State state = new(Key0, Key1, isWide: false);
        state.Absorb(word);
        state.Absorb(8UL << 56);
        return state.Finish(0xFF);
    }

    /// <summary>Writes the 128-bit hash: 16 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 16 bytes of room.</exception>
    public void Write128(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        State state = new(Key0, Key1, isWide: true);
        state.Absorb(message);
        BinaryPrimitives.WriteUInt64LittleEndian(hash, state.Finish(0xEE));
        BinaryPrimitives.WriteUInt64LittleEndian(hash[8..], state.Widen());
    }

    private struct State
    {
        private ulong _v0;
        private ulong _v1;
        private ulong _v2;
        private ulong _v3;

        public State(ulong key0, ulong key1, bool isWide)
        {
            _v0 = key0 ^ 0x736F6D6570736575;
            _v1 = key1 ^ 0x646F72616E646F6D ^ (isWide ? 0xEEUL : 0);
            _v2 = key0 ^ 0x6C7967656E657261;
            _v3 = key1 ^ 0x7465646279746573;
        }

        public void Absorb(ReadOnlySpan<byte> message)
        {
            ulong last = (ulong)message.Length << 56;
            for (; message.Length >= 8; message = message[8..]) Absorb(BinaryPrimitives.ReadUInt64LittleEndian(message));
            for (int i = 0; i < message.Length; i++) last |= (ulong)message[i] << (8 * i);
            Absorb(last);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Absorb(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public ulong Finish(ulong mark)
        {
            _v2 ^= mark;
            return FourRounds();
        }

        public ulong Widen()
        {
            _v1 ^= 0xDD;
            return FourRounds();
        }

        private ulong FourRounds()
        {
            Round();
            Round();
            Round();
            Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
