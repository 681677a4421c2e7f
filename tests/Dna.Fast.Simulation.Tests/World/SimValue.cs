using System.Text;
using Dna.Fast.Wire;

namespace Dna.Fast.Simulation.Tests.World;

/// <summary>Packed values for scenarios.</summary>
internal static class SimValue
{
    public static byte[] Pack(ulong id, string text, ushort type = 0) => Pack(id, Encoding.UTF8.GetBytes(text), type);

    public static byte[] Pack(ulong id, byte[] data, ushort type = 0)
    {
        ValueView value = new() { Id = id, Type = type, Data = data, UserType = "text/plain"u8 };
        return Pack(value);
    }

    /// <summary>A value signed the simulator's way.</summary>
    public static byte[] PackSigned(ulong id, string text, string owner, ushort seq)
    {
        ValueView value = new() { Id = id, Type = 0, Data = Encoding.UTF8.GetBytes(text), Owner = KeyOf(owner), Seq = seq };
        byte[] body = new byte[ValueWriter.BytesMax(value)];
        int bytes = ValueWriter.WriteBody(body, value);
        value.Signature = SimVerifier.Sign(value.Owner, body.AsSpan(0, bytes));
        return Pack(value);
    }

    /// <summary>The DER shape of an RSA SubjectPublicKeyInfo whose modulus is the owner's name.</summary>
    private static byte[] KeyOf(string owner)
    {
        byte[] name = Encoding.UTF8.GetBytes(owner);
        byte[] key = [0x02, (byte)name.Length, .. name, 0x02, 0x01, 0x03];
        byte[] bits = [0x03, (byte)(key.Length + 3), 0x00, 0x30, (byte)key.Length, .. key];
        byte[] algorithm = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
        return [0x30, (byte)(algorithm.Length + bits.Length), .. algorithm, .. bits];
    }

    public static string TextOf(ReadOnlySpan<byte> packed) =>
        ValueReader.Read(packed, out ValueView value, out _) == DecodeStatus.Ok ? Encoding.UTF8.GetString(value.Data) : "(no value)";

    private static byte[] Pack(in ValueView value)
    {
        byte[] packed = new byte[ValueWriter.BytesMax(value)];
        int bytes = ValueWriter.Write(packed, value);
        return packed.AsSpan(0, bytes).ToArray();
    }
}
