using System.Buffers.Binary;
using System.Numerics;

namespace Dna.Fast.Storage.Records;

/// <summary>CRC-32C (Castagnoli): the check sum with an instruction of its own on x86-64 and ARM64.</summary>
internal static class Crc32C
{
    /// <summary>Continues <paramref name="state"/> over <paramref name="bytes"/>. Start with any seed; there is no final inversion.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte one in bytes) state = BitOperations.Crc32C(state, one);
        return state;
    }
}
