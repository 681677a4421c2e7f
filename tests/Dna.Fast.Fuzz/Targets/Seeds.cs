using System.Security.Cryptography;
using Dna.Fast.Identity;
using Dna.Fast.Messenger;

namespace Dna.Fast.Fuzz.Targets;

/// <summary>What the mutations begin with. The same in every process: a found input can be made again.</summary>
internal static class Seeds
{
    private static readonly Dictionary<byte, IIdentityKeys> Known = [];
    private static ulong _counter;

    /// <summary>Suites whose randomness is a counter's hash: keys and signatures are the same every time.</summary>
    public static UserSuites Suites { get; } = new(Fill);

    public static SuiteSet SuiteSet { get; } = new(Suites.Messenger, Suites.Fast);

    /// <summary>The user of the fixtures.</summary>
    public static IIdentityKeys Alice { get; } = New(Suites.Messenger, 0xA1);

    /// <summary>The other user of the fixtures.</summary>
    public static IIdentityKeys Bob { get; } = New(Suites.Messenger, 0xB1);

    /// <summary>A user of the fast suite, whose signatures cost little.</summary>
    public static IIdentityKeys Fast(byte number)
    {
        if (!Known.TryGetValue(number, out IIdentityKeys? keys)) Known[number] = keys = New(Suites.Fast, number);
        return keys;
    }

    public static byte[] Record(string name) => File.ReadAllBytes(PathOf("records", name));

    public static byte[] Identity(string name) => File.ReadAllBytes(PathOf("identities", name));

    public static byte[] Vector(string name) => File.ReadAllBytes(PathOf("vectors", name));

    /// <summary>Captured datagrams whose names fit a pattern, in their order.</summary>
    public static byte[][] Vectors(string pattern) => [.. Directory.GetFiles(PathOf("vectors", ""), pattern).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static string PathOf(string folder, string name) => Path.Combine(AppContext.BaseDirectory, "seeds", folder, name);

    private static IIdentityKeys New(IIdentitySuite suite, byte seed)
    {
        byte[] signing = new byte[32], encryption = new byte[32];
        signing.AsSpan().Fill(seed);
        encryption.AsSpan().Fill((byte)(seed + 1));
        return suite.FromSeeds(signing, encryption);
    }

    private static void Fill(Span<byte> bytes)
    {
        for (int at = 0; at < bytes.Length; at += SHA256.HashSizeInBytes)
        {
            byte[] hash = SHA256.HashData(BitConverter.GetBytes(++_counter));
            hash.AsSpan(0, Math.Min(hash.Length, bytes.Length - at)).CopyTo(bytes[at..]);
        }
    }
}
