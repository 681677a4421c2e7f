using System.Security.Cryptography;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity.Tests.Suites;

/// <summary>Records the original client wrote, and the two users it wrote them for.</summary>
internal static class Fixture
{
    public const string AliceFingerprint =
        "bb17c79ccff48ad382735f85209976f3aa881e802a0156784aa8283fea804161b945ca1f15c38a3e510637f19c866506707da3124dbef002b4f968c2ffbcdbbd";

    public const string BobFingerprint =
        "b61b981871e276f5a464cb3bbd12fa2e6fb6ace4d3063615749301c8e51415906eeebf54fd1797b4ad692c46c300cd566d3471cd8a653c7a19ff1277b18badc0";

    public static UserSuites System { get; } = new(RandomNumberGenerator.Fill);

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", name));

    public static string[] Lines(string name) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", name));

    public static byte[] Seed(byte value)
    {
        byte[] seed = new byte[32];
        seed.AsSpan().Fill(value);
        return seed;
    }

    public static IIdentityKeys Alice(IIdentitySuite suite) => suite.FromSeeds(Seed(0xA1), Seed(0xA2));

    public static IIdentityKeys Bob(IIdentitySuite suite) => suite.FromSeeds(Seed(0xB1), Seed(0xB2));

    public static IIdentityKeys Carol(IIdentitySuite suite) => suite.FromSeeds(Seed(0xC1), Seed(0xC2));

    /// <summary>Both suites, by name.</summary>
    public static TheoryData<string> Suites => new("messenger", "fast");

    public static IIdentitySuite Suite(string name) => System.Find(name)!;

    /// <summary>The same bytes for the same seed: SHAKE256 as a stream.</summary>
    public static FillRandom Repeatable(string seed)
    {
        var sponge = new Sponge(Sponge.Rate256, Sponge.ShakeSuffix);
        sponge.Absorb(global::System.Text.Encoding.UTF8.GetBytes(seed));
        return bytes => sponge.Squeeze(bytes);
    }
}
