using System.Buffers.Binary;
using System.Security.Cryptography;
using CsCheck;

namespace Dna.Fast.Identity.Tests;

public sealed class DhtIdentityBufferTests
{
    private static readonly byte[] Original = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "alice_dht_identity.plain"));

    [Fact]
    public void What_is_written_lies_where_the_collector_leaves_no_copies()
    {
        // Pinned memory belongs to the oldest generation at once; what is new and moves belongs to the youngest.
        Assert.NotEqual(GC.MaxGeneration, GC.GetGeneration(new byte[5_000]));
        foreach (Array secret in (Array[])[DhtIdentityBuffer.Export(TestIdentities.Alice), TestIdentities.Alice.ExportPkcs1Pem(), TestIdentities.Alice.ExportPkcs8Pem("")])
            Assert.Equal(GC.MaxGeneration, GC.GetGeneration(secret));
    }

    [Fact]
    public void What_the_original_client_exported_is_imported_and_exported_byte_for_byte()
    {
        IdentityFileResult result = DhtIdentityBuffer.Import(Original);
        Assert.Equal(IdentityFileStatus.Ok, result.Status);
        using RsaIdentity alice = result.Identity!;
        Assert.Equal("d1bd83561945f176f01496c41b0e24cd836f92e4", alice.KeyId.ToString());
        Assert.Equal(4096, alice.Bits);
        Assert.Equal(Original, DhtIdentityBuffer.Export(alice));
    }

    [Fact]
    public void Trailing_bytes_are_ignored_as_the_original_ignores_them()
    {
        using RsaIdentity alice = DhtIdentityBuffer.Import([.. Original, 1, 2, 3]).Identity!;
        Assert.Equal("d1bd83561945f176f01496c41b0e24cd836f92e4", alice.KeyId.ToString());
    }

    [Fact]
    public void No_truncation_is_imported()
    {
        for (int length = 0; length < Original.Length; length += 11)
        {
            IdentityFileResult result = DhtIdentityBuffer.Import(Original.AsSpan(0, length));
            Assert.Equal((IdentityFileStatus.Truncated, null), (result.Status, result.Identity));
        }
    }

    [Fact]
    public void Lengths_that_lie_are_refused()
    {
        foreach (uint length in (uint[])[0, 1, 3_242, 3_244, 5_166, 5_174, int.MaxValue, uint.MaxValue])
        {
            byte[] changed = [.. Original];
            BinaryPrimitives.WriteUInt32BigEndian(changed, length);
            Assert.Null(DhtIdentityBuffer.Import(changed).Identity);
        }
    }

    [Fact]
    public void A_certificate_of_another_key_is_refused_though_the_original_takes_it()
    {
        byte[] bob = DhtIdentityBuffer.Export(TestIdentities.Bob);
        int bobKey = (int)BinaryPrimitives.ReadUInt32BigEndian(bob), aliceKey = (int)BinaryPrimitives.ReadUInt32BigEndian(Original);
        byte[] mixed = [.. Original.AsSpan(0, 4 + aliceKey), .. bob.AsSpan(4 + bobKey)];
        Assert.Equal(IdentityFileStatus.PairMismatch, DhtIdentityBuffer.Import(mixed).Status);
    }

    [Fact]
    public void Keys_of_other_kinds_are_refused()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] pem = System.Text.Encoding.ASCII.GetBytes(curve.ExportPkcs8PrivateKeyPem());
        byte[] buffer = [0, 0, 0, (byte)pem.Length, .. pem, 0, 0, 0, 0];
        Assert.Equal(IdentityFileStatus.NotRsa, DhtIdentityBuffer.Import(buffer).Status);
    }

    [Fact]
    public void Garbage_never_throws()
    {
        Gen.Byte.Array[0, 200].Sample(bytes => Assert.Null(DhtIdentityBuffer.Import(bytes).Identity));
        Gen.Select(Gen.Int[0, Original.Length - 1], Gen.Byte).Sample((at, with) =>
        {
            byte[] changed = [.. Original];
            changed[at] = with;
            DhtIdentityBuffer.Import(changed).Identity?.Dispose();
        }, iter: 200);
    }
}
