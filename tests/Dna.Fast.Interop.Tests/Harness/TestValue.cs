using System.Security.Cryptography;
using System.Text;

namespace Dna.Fast.Interop.Tests.Harness;

/// <summary>A value to put, packed by the tests' own writer (wire specification, section 4).</summary>
internal sealed record TestValue
{
    public ulong Id { get; init; } = RandomId();

    public ushort Type { get; init; }

    public byte[] Data { get; init; } = [];

    public string? UserType { get; init; }

    /// <summary>Makes it an encrypted value: the only content.</summary>
    public byte[]? Cypher { get; init; }

    public byte[]? Owner { get; init; }

    public ushort Seq { get; init; }

    public byte[]? Signature { get; init; }

    public static TestValue Of(string text, ushort type = 0, string? userType = "text/plain") =>
        new() { Data = Encoding.UTF8.GetBytes(text), Type = type, UserType = userType };

    /// <summary>A random value id, as every unsigned value needs it.</summary>
    public static ulong RandomId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    /// <summary>This value with its signature (section 4.4).</summary>
    public TestValue SignedBy(RSA key, ushort seq)
    {
        TestValue unsigned = this with { Owner = key.ExportSubjectPublicKeyInfo(), Seq = seq };
        return unsigned with { Signature = key.SignData(MsgPack.Write(unsigned.Body()), HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1) };
    }

    public byte[] Pack() => MsgPack.Write(new MsgMap(
        ("id", Id),
        ("dat", Cypher is not null ? Cypher : new MsgMap(("body", Body()), ("sig", Signature)))));

    public RawPack ToPack() => new(Pack());

    /// <summary>The bytes a signature covers.</summary>
    public byte[] PackBody() => MsgPack.Write(Body());

    private MsgMap Body() => new(
        ("seq", Owner is null ? null : (object)Seq), ("owner", Owner), ("type", Type), ("data", Data), ("utype", UserType));
}
