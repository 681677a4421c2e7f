using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Identity;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Fuzz.Targets;

/// <summary>Certificates, owner keys, envelopes and key files.</summary>
internal static class IdentityTargets
{
    // What the platform's key and certificate parsers take for themselves.
    private const long PlatformBytes = 1 << 20;

    private static readonly Lazy<byte[]> KeyFileBytes = new(() =>
    {
        using UserIdentity identity = Identity();
        return KeyFile.Seal(identity, "passphrase"u8, new PassphraseCost(PassphraseCost.MemoryKiBMin, 1), bytes => bytes.Fill(7));
    });

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("certificate", FuzzFormat.Binary, [CertificateValue(), Der()], bytes => CertificateReader.ReadKey(bytes) is not null),
        new("owner-key", FuzzFormat.Binary, [CertificateReader.ReadKey(Der())!], bytes => RsaPublicKey.TryRead(bytes, out _)),
        new("certificate-file", FuzzFormat.Text, [Seeds.Vector("keys/r5-2412-A.crt"), Seeds.Vector("keys/r5-431-B.crt")], ReadChain) { AllocatedBase = PlatformBytes, TestInputs = 1000 },
        new("dht-identity", FuzzFormat.Binary, [Seeds.Identity("alice_dht_identity.plain")], ReadBuffer) { AllocatedBase = PlatformBytes, TestInputs = 300 },
        new("identity-backup", FuzzFormat.Binary, [Seeds.Identity("dht_identity.0")], bytes => ReadBackup(bytes)) { AllocatedBase = PlatformBytes, TestInputs = 1000 },
        new("envelope-fast", FuzzFormat.Binary, [Envelope(Seeds.Fast(1), Seeds.Fast(2))], bytes => Seeds.Fast(2).Open(bytes, out _, out _) == OpenStatus.Ok),
        new("envelope-messenger", FuzzFormat.Binary, [Envelope(Seeds.Alice, Seeds.Bob)], bytes => Seeds.Bob.Open(bytes, out _, out _) == OpenStatus.Ok) { AllocatedBase = PlatformBytes, TestInputs = 500 },
        new("blob-fast", FuzzFormat.Binary, [Seeds.Suites.Fast.SealBlob(Seeds.Fast(1).EncryptionKey.Span, "text"u8)!], bytes => Seeds.Fast(1).OpenBlob(bytes) is not null),
        new("wrapped-key", FuzzFormat.Binary, [Wrapped()], bytes => Seeds.Fast(1).TryUnwrapKey(bytes, new byte[32])),
        new("key-file", FuzzFormat.Binary, [SealedKeyFile()], ReadKeyFile) { BytesMax = KeyFile.BytesMax },
        new("key-file-items", FuzzFormat.Binary, [KeyItems()], ReadItems) { AllocatedBase = PlatformBytes },
        new("original-key-file", FuzzFormat.Binary, [OriginalFile()], bytes => OriginalKeyFile.Read(bytes, OriginalKeyKind.Signing, out _, out _, out _) == KeyFileStatus.Ok),
        // The list of words is read at its first use.
        new("mnemonic", FuzzFormat.Text, [Encoding.UTF8.GetBytes(Words)], ReadWords) { AllocatedBase = 256 * 1024 },
    ];

    private const string Words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    private static bool ReadChain(byte[] input) => CertificateChainReader.Read(Encoding.Latin1.GetString(input), input, out _) == IdentityFileStatus.Ok;

    private static bool ReadBuffer(byte[] input)
    {
        IdentityFileResult result = DhtIdentityBuffer.Import(input);
        result.Identity?.Dispose();
        return result.Status == IdentityFileStatus.Ok;
    }

    private static bool ReadBackup(byte[] input)
    {
        using RsaIdentity? identity = BackupBlob.Open(Seeds.Alice, input, out _);
        return identity is not null;
    }

    /// <summary>The checksum is made right, so that what it covers is reached.</summary>
    private static bool ReadKeyFile(byte[] input)
    {
        KeyFile.ReadHeader(input, Seeds.Suites, out _);
        if (input.Length < KeyFile.ChecksumBytes) return false;
        byte[] whole = [.. input];
        SHA256.HashData(whole.AsSpan(..^KeyFile.ChecksumBytes), whole.AsSpan(^KeyFile.ChecksumBytes..));
        return KeyFile.ReadHeader(whole, Seeds.Suites, out _) == KeyFileStatus.Ok;
    }

    private static bool ReadItems(byte[] input)
    {
        KeyFile.ReadHeader(SealedKeyFile(), Seeds.Suites, out KeyFileHeader? header);
        using UserIdentity? identity = KeyFileItems.Read(input, Seeds.Suites.Fast, header!);
        return identity is not null;
    }

    private static bool ReadWords(byte[] input)
    {
        using Mnemonic? mnemonic = Mnemonic.Parse(Encoding.UTF8.GetString(input), out _);
        return mnemonic is not null;
    }

    private static byte[] Envelope(IUserKeys from, IUserKeys to) => from.Seal([from.EncryptionKey, to.EncryptionKey], "Hello"u8)!;

    private static byte[] Wrapped()
    {
        byte[] wrapped = new byte[Seeds.Suites.Fast.WrappedKeyBytes];
        Seeds.Suites.Fast.WrapKey(Seeds.Fast(1).EncryptionKey.Span, new byte[32], wrapped);
        return wrapped;
    }

    private static byte[] CertificateValue()
    {
        byte[] pem = Seeds.Vector("keys/r5-2412-A.crt");
        return [0xC5, (byte)(pem.Length >> 8), (byte)pem.Length, .. pem];
    }

    private static byte[] Der()
    {
        string pem = Encoding.ASCII.GetString(Seeds.Vector("keys/r5-2412-A.crt"));
        PemFields fields = PemEncoding.Find(pem);
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }

    private static UserIdentity Identity() => UserIdentity.FromKeys(Seeds.Suites.Fast, KeysOfItsOwn(), "alice");

    // The identity disposes what it is given.
    private static IIdentityKeys KeysOfItsOwn()
    {
        byte[] seed = new byte[32];
        seed.AsSpan().Fill(9);
        return Seeds.Suites.Fast.FromSeeds(seed, seed);
    }

    private static byte[] SealedKeyFile() => KeyFileBytes.Value;

    private static byte[] KeyItems()
    {
        using UserIdentity identity = Identity();
        using SecretBytes items = KeyFileItems.Write(identity);
        return items.Span.ToArray();
    }

    private static byte[] OriginalFile()
    {
        byte[] signing = new byte[Seeds.Suites.Messenger.PrivateSigningKeyBytes], encryption = new byte[Seeds.Suites.Messenger.PrivateEncryptionKeyBytes];
        Seeds.Alice.ExportPrivate(signing, encryption);
        using SecretBytes file = OriginalKeyFile.Write(OriginalKeyKind.Signing, Seeds.Alice.SigningKey.Span, signing, "alice");
        return file.Span.ToArray();
    }
}
