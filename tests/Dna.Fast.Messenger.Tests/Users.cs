using System.Security.Cryptography;
using Dna.Fast.Identity;

namespace Dna.Fast.Messenger.Tests;

/// <summary>The two users the original client wrote the fixtures for, and one more.</summary>
internal static class Users
{
    public const string AliceFingerprint =
        "bb17c79ccff48ad382735f85209976f3aa881e802a0156784aa8283fea804161b945ca1f15c38a3e510637f19c866506707da3124dbef002b4f968c2ffbcdbbd";

    public const string BobFingerprint =
        "b61b981871e276f5a464cb3bbd12fa2e6fb6ace4d3063615749301c8e51415906eeebf54fd1797b4ad692c46c300cd566d3471cd8a653c7a19ff1277b18badc0";

    public static UserSuites Suites { get; } = new(RandomNumberGenerator.Fill);

    public static SuiteSet Known { get; } = new(Suites.Messenger, Suites.Fast);

    // Keys are immutable and shared: making a pair of the messenger suite costs milliseconds.
    public static IIdentityKeys Alice { get; } = New(Suites.Messenger, 0xA1);

    public static IIdentityKeys Bob { get; } = New(Suites.Messenger, 0xB1);

    public static IIdentityKeys Carol { get; } = New(Suites.Messenger, 0xC1);

    /// <summary>A user of the fast suite, for tests where signatures are many.</summary>
    public static IIdentityKeys Fast(byte number) => New(Suites.Fast, number);

    public static byte[] Fixture(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", name));

    // The fixtures' seeds: 32 bytes of one value to sign, 32 of the next to encrypt.
    private static IIdentityKeys New(IIdentitySuite suite, byte seed)
    {
        byte[] signing = new byte[32], encryption = new byte[32];
        signing.AsSpan().Fill(seed);
        encryption.AsSpan().Fill((byte)(seed + 1));
        return suite.FromSeeds(signing, encryption);
    }
}
