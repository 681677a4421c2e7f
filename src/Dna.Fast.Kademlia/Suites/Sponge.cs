using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dna.Fast.Kademlia;

/// <summary>The Keccak sponge (FIPS 202, section 4): absorb any number of times, then squeeze any number of times.</summary>
/// <remarks>A value that is changed in place: hand it on by reference. One thread. Its time depends on lengths only. Holds what it absorbed: <see cref="Clear"/> after secrets.</remarks>
public struct Sponge
{
    /// <summary>Bytes a permutation takes in or gives out for SHAKE128.</summary>
    public const int Rate128 = 168;

    /// <summary>Bytes a permutation takes in or gives out for SHA3-256 and SHAKE256.</summary>
    public const int Rate256 = 136;

    /// <summary>Bytes a permutation takes in or gives out for SHA3-512.</summary>
    public const int Rate512 = 72;

    /// <summary>Domain bits of the hash functions and the first bit of padding (sections 6.1 and 5.1).</summary>
    public const byte HashSuffix = 0x06;

    /// <summary>Domain bits of the extendable functions and the first bit of padding (sections 6.2 and 5.1).</summary>
    public const byte ShakeSuffix = 0x1F;

    private readonly int _rate;
    private readonly byte _suffix;
    private KeccakState _state;
    private int _position;
    private bool _isSqueezing;

    /// <param name="rate">One of the rates above.</param>
    /// <param name="suffix">One of the suffixes above.</param>
    public Sponge(int rate, byte suffix)
    {
        _rate = rate;
        _suffix = suffix;
    }

    /// <exception cref="InvalidOperationException">After <see cref="Squeeze"/>.</exception>
    public void Absorb(ReadOnlySpan<byte> message)
    {
        if (_isSqueezing) throw new InvalidOperationException("A sponge that was squeezed absorbs no more.");
        Span<ulong> lanes = _state;
        while (!message.IsEmpty)
        {
            if ((_position & 7) == 0 && message.Length >= sizeof(ulong))
            {
                lanes[_position >> 3] ^= BinaryPrimitives.ReadUInt64LittleEndian(message);
                message = message[sizeof(ulong)..];
                _position += sizeof(ulong);
            }
            else
            {
                lanes[_position >> 3] ^= (ulong)message[0] << 8 * (_position & 7);
                message = message[1..];
                _position++;
            }

            if (_position == _rate) Permute();
        }
    }

    /// <param name="output">Filled with the next bytes.</param>
    public void Squeeze(Span<byte> output)
    {
        Span<ulong> lanes = _state;
        if (!_isSqueezing)
        {
            lanes[_position >> 3] ^= (ulong)_suffix << 8 * (_position & 7);
            lanes[(_rate - 1) >> 3] ^= 0x80UL << 56;
            _isSqueezing = true;
            Permute();
        }

        while (!output.IsEmpty)
        {
            if (_position == _rate) Permute();
            if ((_position & 7) == 0 && output.Length >= sizeof(ulong))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(output, lanes[_position >> 3]);
                output = output[sizeof(ulong)..];
                _position += sizeof(ulong);
            }
            else
            {
                output[0] = (byte)(lanes[_position >> 3] >> 8 * (_position & 7));
                output = output[1..];
                _position++;
            }
        }
    }

    /// <summary>Forgets everything: as new.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Clear()
    {
        Span<ulong> lanes = _state;
        lanes.Clear();
        _position = 0;
        _isSqueezing = false;
    }

    private void Permute()
    {
        Keccak.Permute(_state);
        _position = 0;
    }
}

/// <summary>The 1,600 bits of a sponge: lane x + 5y, each of 64 bits, least significant first.</summary>
[InlineArray(Keccak.Lanes)]
[StructLayout(LayoutKind.Sequential)]
internal struct KeccakState
{
    private ulong _lane;
}
