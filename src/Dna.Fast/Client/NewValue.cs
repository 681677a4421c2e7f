using System.Security.Cryptography;
using Dna.Fast.Wire;

namespace Dna.Fast.Client;

/// <summary>Packs what a person puts.</summary>
internal static class NewValue
{
    /// <summary>A random id: under a fresh one an unsigned value never meets a signed one, which would end stock nodes (wire specification, section 0).</summary>
    public static ulong RandomId()
    {
        Span<byte> bytes = stackalloc byte[8];
        ulong id;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            id = BitConverter.ToUInt64(bytes);
        }
        while (id == 0);
        return id;
    }

    /// <summary>Packs an unsigned value.</summary>
    /// <param name="problem">For people: why the network would not take it; else null.</param>
    /// <returns>The packed value, or null when it is too large.</returns>
    public static byte[]? Pack(ulong id, ushort type, ReadOnlyMemory<byte> data, string userType, out string? problem)
    {
        var value = new ValueBuilder { Id = id, Type = type, Data = data, UserType = userType };
        bool fits = value.Pack(out byte[] packed) == DecodeStatus.Ok;
        problem = fits ? null : $"the packed value has {packed.Length} bytes; {WireLimits.ValueBytesMax} is the most the network takes";
        return fits ? packed : null;
    }
}
