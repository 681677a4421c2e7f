using System.Security.Cryptography;

namespace Dna.Fast.Identity.Tests.KeyFiles;

/// <summary>Identities and a folder for the tests of key files.</summary>
internal sealed class KeyFileKit : IDisposable
{
    /// <summary>The least Argon2 takes: what it costs is not what these tests ask.</summary>
    public static readonly PassphraseCost Cheap = new(PassphraseCost.MemoryKiBMin, 1);

    public static readonly UserSuites Suites = new(RandomNumberGenerator.Fill);

    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly Lazy<(string Key, string Certificate)> SharedDht = new(MakeDht);

    public string Folder { get; } = Directory.CreateTempSubdirectory("dna-keys-").FullName;

    public KeyFileStore Store { get; } = new(Suites, RandomNumberGenerator.Fill);

    public static ReadOnlySpan<byte> Passphrase => "correct horse"u8;

    public string File(string name = "identity.key") => Path.Combine(Folder, name);

    /// <summary>The identity of one fixed master; with <paramref name="hasDht"/> it has an RSA-2048 identity, the same in all tests.</summary>
    public static UserIdentity FromMaster(string suite = "messenger", bool hasDht = false, string name = "alice")
    {
        byte[] master = new byte[Mnemonic.MasterBytes];
        master.AsSpan().Fill(0x5A);
        var identity = UserIdentity.FromMaster(Suites.Find(suite)!, master, name);
        if (hasDht) identity.TakeDht(Dht());
        return identity;
    }

    /// <summary>Alice of the fixtures: seeds of 32 bytes a1 and a2, without a master.</summary>
    public static UserIdentity Alice(string suite = "messenger")
    {
        IIdentitySuite found = Suites.Find(suite)!;
        return UserIdentity.FromKeys(found, found.FromSeeds(Enumerable.Repeat((byte)0xA1, 32).ToArray(), Enumerable.Repeat((byte)0xA2, 32).ToArray()), "");
    }

    public static RsaIdentity Dht()
    {
        var key = RSA.Create();
        key.ImportFromPem(SharedDht.Value.Key);
        return RsaIdentity.Join(key, [Convert.FromBase64String(SharedDht.Value.Certificate)])!;
    }

    public static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? OwnerOnly : System.IO.File.GetUnixFileMode(path);

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(path, mode);
    }

    public LockedKeyFile Create(UserIdentity identity)
    {
        KeyFileResult<LockedKeyFile> made = Store.Create(File(), identity, Passphrase, Cheap);
        Assert.Equal(KeyFileStatus.Ok, made.Status);
        return made.Value!;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static (string Key, string Certificate) MakeDht()
    {
        using RsaIdentity made = RsaIdentity.GenerateAsync(2048, CertificateForm.SelfSigned, TimeProvider.System).GetAwaiter().GetResult();
        return (new string(made.ExportPkcs8Pem([])), Convert.ToBase64String(made.Chain[0].Span));
    }
}
