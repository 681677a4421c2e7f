using System.Text;
using Dna.Fast.Wire;

namespace Dna.Fast.Kademlia.Tests.ValueTypes;

/// <summary>Packed values for policy tests.</summary>
internal static class Packed
{
    public static byte[] Unsigned(ushort type = 0, string data = "hello", ulong id = 7, string userType = "") =>
        Pack(new ValueBuilder { Id = id, Type = type, Data = Encoding.UTF8.GetBytes(data), UserType = userType });

    public static byte[] WithData(ushort type, byte[] data, ulong id = 7) => Pack(new ValueBuilder { Id = id, Type = type, Data = data });

    public static byte[] Encrypted(string cypher = "cypher", ulong id = 7) => Pack(new ValueBuilder { Id = id, Cypher = Encoding.UTF8.GetBytes(cypher) });

    public static byte[] Signed(
        ushort type = 0, string owner = "alice", ushort seq = 0, string data = "hello", string userType = "", InfoHash? to = null, bool isRight = true, uint priority = 0)
    {
        ValueBuilder builder = new()
        {
            Id = 7,
            Type = type,
            // A key begins like a DER sequence, with 0x30, which is '0'.
            Owner = Encoding.UTF8.GetBytes('0' + owner),
            Seq = seq,
            Data = Encoding.UTF8.GetBytes(data),
            UserType = userType,
            Recipient = to,
            Priority = priority,
        };
        byte[] signature = FakeVerifier.Sign(builder.Owner.Span, builder.BodyToSign());
        if (!isRight) signature[0] ^= 1;
        builder.Signature = signature;
        return Pack(builder);
    }

    public static ValueView View(byte[] packed)
    {
        Assert.Equal(DecodeStatus.Ok, ValueReader.Read(packed, out ValueView view, out int consumed));
        Assert.Equal(packed.Length, consumed);
        return view;
    }

    private static byte[] Pack(ValueBuilder builder)
    {
        builder.Pack(out byte[] packed);
        return packed;
    }
}
