using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Kademlia;
using Dna.Fast.Wire;

namespace Dna.Fast.Identity;

/// <summary>An OpenDHT identity: an RSA key and the certificates that name it, leaf first (wire specification, sections 4.6 and 8).</summary>
/// <remarks>Any thread, but for <see cref="IDisposable.Dispose"/>. Key and leaf belong together: every way to make one checks that. ToString tells the key id only.</remarks>
public sealed class RsaIdentity : IDisposable
{
    /// <summary>Size of a new key, in bits: stock's.</summary>
    public const int BitsDefault = 4096;

    /// <summary>Certificates in a chain, at most: a leaf, its CA and a few above it.</summary>
    public const int ChainMax = 8;

    private readonly RSA _key;
    private readonly ECDsa? _caKey;
    private readonly Lock _use = new();

    private RsaIdentity(RSA key, byte[] spki, IReadOnlyList<byte[]> chain, ECDsa? caKey)
    {
        _key = key;
        _caKey = caKey;
        PublicKey = spki;
        KeyId = InfoHash.Of(spki);
        LongId = LongId.Of(spki);
        Bits = key.KeySize;
        Chain = [.. chain.Select(der => (ReadOnlyMemory<byte>)der)];
    }

    /// <summary>DER SubjectPublicKeyInfo: the owner of what this identity signs.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>SHA-1 of <see cref="PublicKey"/>.</summary>
    public InfoHash KeyId { get; }

    /// <summary>SHA-256 of <see cref="PublicKey"/>.</summary>
    public LongId LongId { get; }

    /// <summary>Size of the modulus, in bits.</summary>
    public int Bits { get; }

    /// <summary>DER certificates, leaf first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Chain { get; }

    /// <summary>Joins a key and its certificates.</summary>
    /// <param name="key">Owned by the identity from now on when the answer is not null.</param>
    /// <param name="chain">DER, leaf first.</param>
    /// <returns>Null when the leaf is no certificate of this key, or there are none or too many.</returns>
    public static RsaIdentity? Join(RSA key, IReadOnlyList<byte[]> chain) => Join(key, chain, caKey: null);

    /// <summary>Makes a new identity with a random key. Never runs on the caller's thread: a key of 4096 bits takes a second or several.</summary>
    /// <param name="bits">2048 to 8192, a multiple of 128.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the search that runs already ends by itself.</exception>
    public static Task<RsaIdentity> GenerateAsync(int bits, CertificateForm form, TimeProvider time, CancellationToken cancellation = default)
    {
        ThrowIfBadSize(bits);
        Task<RsaIdentity> made = Task.Factory.StartNew(() => Generate(bits, form, time), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return DisposedWhenLeft(made, cancellation);
    }

    /// <summary>Derives the identity of a seed: the same seed and size give the same key and the same certificate, byte for byte (<see cref="DerivedRsaKey"/>).</summary>
    /// <param name="seed">32 bytes; copied.</param>
    /// <param name="bits">2048 to 8192, a multiple of 128.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Task<RsaIdentity> DeriveAsync(ReadOnlyMemory<byte> seed, int bits = BitsDefault, CancellationToken cancellation = default)
    {
        DerivedRsaKey.ThrowIfBad(seed.Span, bits);
        byte[] copy = Pinned.Bytes(DerivedRsaKey.SeedBytes);
        seed.CopyTo(copy);
        Task<RsaIdentity> made = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    RSA key = DerivedRsaKey.Derive(copy, bits, cancellation);
                    return Join(key, DerivedRsaKey.Certificate(key))!;
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(copy);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return DisposedWhenLeft(made, cancellation);
    }

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-512 (section 4.4), as long as the modulus.</summary>
    public byte[] Sign(ReadOnlySpan<byte> body)
    {
        lock (_use) return _key.SignData(body, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1);
    }

    /// <summary>The chain as PEM: leaf first, each with a newline at its end.</summary>
    public string ChainPem() => Pem(Chain);

    /// <summary>What a certificate value carries: msgpack <c>bin</c> of <see cref="ChainPem"/> (section 4.6).</summary>
    public byte[] CertificateData()
    {
        const byte bin16 = 0xC5, bin32 = 0xC6;
        byte[] pem = Encoding.ASCII.GetBytes(ChainPem());
        byte[] header = pem.Length <= ushort.MaxValue ? new byte[3] : new byte[5];
        header[0] = header.Length == 3 ? bin16 : bin32;
        if (header.Length == 3) BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(1), (ushort)pem.Length);
        else BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(1), (uint)pem.Length);
        return [.. header, .. pem];
    }

    /// <summary>The private key in PKCS#1 PEM with a newline at its end (<c>BEGIN RSA PRIVATE KEY</c>). A secret: the caller zeroes it.</summary>
    public char[] ExportPkcs1Pem()
    {
        byte[] der;
        lock (_use) der = _key.ExportRSAPrivateKey();
        return SecretPem("RSA PRIVATE KEY", der);
    }

    /// <summary>The private key in PKCS#8 PEM with a newline at its end; PBES2 with AES-256-CBC when there is a password. A secret: the caller zeroes it.</summary>
    /// <param name="password">Empty: not encrypted.</param>
    public char[] ExportPkcs8Pem(ReadOnlySpan<char> password)
    {
        byte[] der;
        lock (_use) der = password.IsEmpty ? _key.ExportPkcs8PrivateKey() : _key.ExportEncryptedPkcs8PrivateKey(password, PasswordProtection);
        return SecretPem(LabelOf(password), der);
    }

    public void Dispose()
    {
        _key.Dispose();
        _caKey?.Dispose();
    }

    public override string ToString() => KeyId.ToString();

    /// <summary>The certificates above the leaf as PEM.</summary>
    internal string CaPem() => Pem(Chain.Skip(1));

    /// <summary>The CA's private key as <see cref="ExportPkcs8Pem"/> writes one, when this identity was just made with a CA; else null. A secret: the caller zeroes it.</summary>
    internal char[]? ExportCaKeyPem(ReadOnlySpan<char> password)
    {
        if (_caKey is null) return null;
        byte[] der = password.IsEmpty ? _caKey.ExportPkcs8PrivateKey() : _caKey.ExportEncryptedPkcs8PrivateKey(password, PasswordProtection);
        return SecretPem(LabelOf(password), der);
    }

    /// <summary>RSAES-PKCS1-v1_5 decryption of one block.</summary>
    /// <returns>The message; null when its padding is wrong. Callers must not let anybody see the difference (<see cref="ValueCypher"/>).</returns>
    internal byte[]? Unwrap(ReadOnlySpan<byte> block)
    {
        try
        {
            lock (_use) return _key.Decrypt(block, RSAEncryptionPadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>600,000 rounds: what OWASP asks of PBKDF2 with SHA-256 (2023); a fifth of a second.</summary>
    private static PbeParameters PasswordProtection => new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 600_000);

    private static RsaIdentity Generate(int bits, CertificateForm form, TimeProvider time)
    {
        var key = RSA.Create(bits);
        if (form == CertificateForm.SelfSigned) return Join(key, IdentityCertificates.SelfSigned(key, time))!;
        IReadOnlyList<byte[]> chain = IdentityCertificates.Stock(key, time, out ECDsa caKey);
        return Join(key, chain, caKey)!;
    }

    private static RsaIdentity? Join(RSA key, IReadOnlyList<byte[]> chain, ECDsa? caKey)
    {
        if (chain.Count is 0 or > ChainMax) return null;
        byte[] spki = key.ExportSubjectPublicKeyInfo();
        return CertificateReader.ReadKey(chain[0]) is { } certified && certified.AsSpan().SequenceEqual(spki) ? new RsaIdentity(key, spki, chain, caKey) : null;
    }

    private static async Task<RsaIdentity> DisposedWhenLeft(Task<RsaIdentity> made, CancellationToken cancellation)
    {
        try
        {
            return await made.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A search that cannot be stopped goes on; what it finds is nobody's.
            _ = made.ContinueWith(late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    private static string Pem(IEnumerable<ReadOnlyMemory<byte>> certificates)
    {
        var text = new StringBuilder();
        foreach (ReadOnlyMemory<byte> der in certificates) text.Append(PemEncoding.Write("CERTIFICATE", der.Span)).Append('\n');
        return text.ToString();
    }

    private static string LabelOf(ReadOnlySpan<char> password) => password.IsEmpty ? "PRIVATE KEY" : "ENCRYPTED PRIVATE KEY";

    private static char[] SecretPem(string label, byte[] der)
    {
        char[] text = Pinned.Chars(PemEncoding.GetEncodedSize(label.Length, der.Length) + 1);
        PemEncoding.TryWrite(label, der, text, out int length);
        text[length] = '\n';
        CryptographicOperations.ZeroMemory(der);
        return text;
    }

    /// <exception cref="ArgumentOutOfRangeException">Not 2048 to 8192, or no multiple of 128.</exception>
    internal static void ThrowIfBadSize(int bits)
    {
        const int step = 128;
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 2048);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, RsaPublicKey.BitsMax);
        if (bits % step != 0) throw new ArgumentOutOfRangeException(nameof(bits), $"{bits} is no multiple of {step}");
    }
}
