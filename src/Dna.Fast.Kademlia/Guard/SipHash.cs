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
        State state = new(this, isWide: false);
        state.AbsorbAll(message);
        return state.FinishNarrow();
    }

    /// <summary>Writes the 128-bit hash: 16 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 16 bytes of room.</exception>
    public void Write128(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        State state = new(this, isWide: true);
        state.AbsorbAll(message);
        BinaryPrimitives.WriteUInt64LittleEndian(hash, state.FinishLower());
        BinaryPrimitives.WriteUInt64LittleEndian(hash[8..], state.FinishUpper());
    }

    /// <summary>The 128-bit hashes of one message of 16 to 23 bytes under two keys.</summary>
    /// <remarks>Neither chain of operations waits for the other, so the processor runs them side by side: both take little longer than one.</remarks>
    /// <param name="first">Bytes 0 to 7 of the message, little-endian.</param>
    /// <param name="second">Bytes 8 to 15.</param>
    /// <param name="last">The bytes behind them, and the length of the message in the highest byte.</param>
    internal static WideHashes Pair(in SipHash a, in SipHash b, ulong first, ulong second, ulong last)
    {
        State one = new(a, isWide: true), two = new(b, isWide: true);
        one.Absorb(first);
        two.Absorb(first);
        one.Absorb(second);
        two.Absorb(second);
        one.Absorb(last);
        two.Absorb(last);
        ulong lowerA = one.FinishLower(), lowerB = two.FinishLower();
        return new WideHashes(lowerA, one.FinishUpper(), lowerB, two.FinishUpper());
    }

    // Four words that the compiler keeps in registers from the first round to the last, because all its methods are inlined.
    private struct State
    {
        private ulong _v0;
        private ulong _v1;
        private ulong _v2;
        private ulong _v3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public State(in SipHash key, bool isWide)
        {
            _v0 = key.Key0 ^ 0x736F6D6570736575;
            _v1 = key.Key1 ^ 0x646F72616E646F6D ^ (isWide ? 0xEEUL : 0);
            _v2 = key.Key0 ^ 0x6C7967656E657261;
            _v3 = key.Key1 ^ 0x7465646279746573;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AbsorbAll(ReadOnlySpan<byte> message)
        {
            ulong last = (ulong)message.Length << 56;
            for (; message.Length >= sizeof(ulong); message = message[sizeof(ulong)..]) Absorb(BinaryPrimitives.ReadUInt64LittleEndian(message));
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

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong FinishNarrow() => Finish(0xFF);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong FinishLower() => Finish(0xEE);

        /// <summary>After <see cref="FinishLower"/>.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong FinishUpper()
        {
            _v1 ^= 0xDD;
            return Finish(0);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private ulong Finish(ulong mark)
        {
            _v2 ^= mark;
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

/// <summary>Two 128-bit hashes, 32 bytes: the four words in order, each little-endian.</summary>
internal readonly record struct WideHashes(ulong Word0, ulong Word1, ulong Word2, ulong Word3)
{
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 32 bytes of room.</exception>
    public void Write(Span<byte> destination)
    {
        destination = destination[..(2 * SipHash.WideBytes)];
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Word0);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Word1);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Word2);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], Word3);
    }

    /// <summary>Compares with 32 bytes. All words are looked at before anything is decided, so the time tells nothing of how many agree.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..(2 * SipHash.WideBytes)];
        ulong difference = Word0 ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        difference |= Word1 ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        difference |= Word2 ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        difference |= Word3 ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        return difference == 0;
    }
}
