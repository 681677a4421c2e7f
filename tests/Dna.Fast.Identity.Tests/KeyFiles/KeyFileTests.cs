using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CsCheck;

namespace Dna.Fast.Identity.Tests.KeyFiles;

/// <summary>The bytes of a key file: what goes in comes out, and nothing else opens.</summary>
public sealed class KeyFileTests
{
    [Theory]
    [InlineData("messenger", false)]
    [InlineData("messenger", true)]
    [InlineData("fast", false)]
    [InlineData("fast", true)]
    public void What_a_mnemonic_gave_comes_back(string suite, bool hasDht)
    {
        using UserIdentity identity = KeyFileKit.FromMaster(suite, hasDht);
        using UserIdentity opened = RoundTrip(identity);
        Assert.True(opened.HasMaster);
        AssertSame(identity, opened);
    }

    [Theory]
    [InlineData("messenger")]
    [InlineData("fast")]
    public void Keys_without_a_mnemonic_come_back(string suite)
    {
        using UserIdentity identity = KeyFileKit.Alice(suite);
        identity.TakeDht(KeyFileKit.Dht());
        using UserIdentity opened = RoundTrip(identity);
        Assert.False(opened.HasMaster);
        AssertSame(identity, opened);
    }

    [Fact]
    public void The_header_says_without_the_passphrase_whose_it_is()
    {
        using UserIdentity identity = KeyFileKit.FromMaster(hasDht: true);
        Assert.Equal(KeyFileStatus.Ok, KeyFile.ReadHeader(Seal(identity), KeyFileKit.Suites, out KeyFileHeader? header));
        Assert.Equal(identity.Keys.Fingerprint, header!.Fingerprint);
        Assert.Equal("alice", header.Name);
        Assert.Equal(identity.Keys.SigningKey.ToArray(), header.SigningKey.ToArray());
        Assert.Equal(identity.Keys.EncryptionKey.ToArray(), header.EncryptionKey.ToArray());
        Assert.Equal(identity.Dht!.KeyId, header.DhtKeyId);
        Assert.Equal(identity.Dht.LongId, header.DhtLongId);
        Assert.Equal(KeyFileKit.Cheap, header.Cost);
    }

    [Fact]
    public void The_layout_is_the_documented_one()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        byte[] file = Seal(identity);
        Assert.Equal([0x89, .. "DNAKEY\n"u8, 1, 2, 1, 1, 0, 0, 0, 8, 0, 0, 0, 1], file[..20]);
        Assert.Equal(identity.Keys.Fingerprint, Convert.ToHexStringLower(file[60..124]));
        Assert.Equal([0, 5, .. "alice"u8], file[124..131]);
        Assert.Equal(identity.Keys.SigningKey.ToArray(), file[131..163]);
        Assert.Equal(identity.Keys.EncryptionKey.ToArray(), file[163..195]);
        Assert.Equal([0, 0, 0, 0, 0, 5 + 64 + 16], file[195..201]);
        Assert.Equal(201 + 85 + 32, file.Length);
        Assert.Equal(SHA256.HashData(file.AsSpan(..^32)), file[^32..]);
    }

    [Fact]
    public void A_file_made_by_another_hand_opens()
    {
        // Argon2id and XChaCha20-Poly1305 of BouncyCastle's kind would prove the same; the key derivation is what could differ, so that is what is compared.
        byte[] salt = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        var generator = new Org.BouncyCastle.Crypto.Generators.Argon2BytesGenerator();
        generator.Init(new Org.BouncyCastle.Crypto.Parameters.Argon2Parameters.Builder(Org.BouncyCastle.Crypto.Parameters.Argon2Parameters.Argon2id)
            .WithSalt(salt).WithIterations(2).WithMemoryAsKB(64).WithParallelism(1).Build());
        byte[] expected = new byte[32];
        generator.GenerateBytes(KeyFileKit.Passphrase.ToArray(), expected);
        using NSec.Cryptography.Key theirs = NSec.Cryptography.Key.Import(KeyFile.Cipher, expected, NSec.Cryptography.KeyBlobFormat.RawSymmetricKey);
        using NSec.Cryptography.Key ours = new PassphraseCost(64, 2).DeriveKey(KeyFileKit.Passphrase, salt);
        byte[] nonce = new byte[KeyFile.NonceBytes];
        Assert.Equal(KeyFile.Cipher.Encrypt(theirs, nonce, [], "same"u8), KeyFile.Cipher.Encrypt(ours, nonce, [], "same"u8));
    }

    [Fact]
    public void Argon2id_of_the_oracle_gives_the_published_bytes()
    {
        // RFC 9106, section 5.3.
        var generator = new Org.BouncyCastle.Crypto.Generators.Argon2BytesGenerator();
        generator.Init(new Org.BouncyCastle.Crypto.Parameters.Argon2Parameters.Builder(Org.BouncyCastle.Crypto.Parameters.Argon2Parameters.Argon2id)
            .WithSalt(Filled(16, 2)).WithSecret(Filled(8, 3)).WithAdditional(Filled(12, 4)).WithIterations(3).WithMemoryAsKB(32).WithParallelism(4).Build());
        byte[] tag = new byte[32];
        generator.GenerateBytes(Filled(32, 1), tag);
        Assert.Equal("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659", Convert.ToHexStringLower(tag));
    }

    [Theory]
    [InlineData("")]
    [InlineData("correct hors")]
    [InlineData("correct horse ")]
    [InlineData("Correct horse")]
    public void A_wrong_passphrase_is_told_from_damage(string passphrase)
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        Assert.Equal(KeyFileStatus.WrongPassphrase, KeyFile.Open(Seal(identity), Encoding.UTF8.GetBytes(passphrase), KeyFileKit.Suites, out UserIdentity? opened));
        Assert.Null(opened);
    }

    [Fact]
    public void Each_cut_file_is_truncated()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast", hasDht: true);
        byte[] file = Seal(identity);
        for (int length = 0; length < file.Length; length++)
            Assert.Equal(KeyFileStatus.Truncated, KeyFile.ReadHeader(file.AsSpan(0, length), KeyFileKit.Suites, out _));
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_noticed_without_the_passphrase()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast", hasDht: true);
        byte[] file = Seal(identity);
        Gen.Select(Gen.Int[0, file.Length - 1], Gen.Int[0, 7]).Sample((at, bit) =>
        {
            byte[] flipped = [.. file];
            flipped[at] ^= (byte)(1 << bit);
            Assert.NotEqual(KeyFileStatus.Ok, KeyFile.ReadHeader(flipped, KeyFileKit.Suites, out KeyFileHeader? header));
            Assert.Null(header);
        });
    }

    [Theory]
    [InlineData(12)]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(36)]
    [InlineData(126)]
    [InlineData(210)]
    public void A_forger_who_mends_the_checksum_is_refused_by_the_passphrase(int at)
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        byte[] file = Seal(identity);
        file[at] ^= 1;
        // One more pass, or memory beyond the bound, or another salt, nonce, name or ciphertext.
        KeyFileStatus status = KeyFile.Open(Mend(file), KeyFileKit.Passphrase, KeyFileKit.Suites, out UserIdentity? opened);
        Assert.Contains(status, (KeyFileStatus[])[KeyFileStatus.WrongPassphrase, KeyFileStatus.TooCostly, KeyFileStatus.Damaged]);
        Assert.Null(opened);
    }

    [Theory]
    [InlineData(12, PassphraseCost.MemoryKiBMax + 1)]
    [InlineData(12, int.MaxValue)]
    [InlineData(12, -1)]
    [InlineData(16, PassphraseCost.PassesMax + 1)]
    [InlineData(16, -1)]
    public void A_hostile_file_cannot_take_memory_or_time(int at, int number)
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        byte[] file = Seal(identity);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(at), number);
        Assert.Equal(KeyFileStatus.TooCostly, KeyFile.Open(Mend(file), KeyFileKit.Passphrase, KeyFileKit.Suites, out _));
    }

    [Fact]
    public void A_hostile_file_cannot_make_us_allocate_what_it_says()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        byte[] file = Seal(identity);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(197), uint.MaxValue);
        byte[] mended = Mend(file);
        KeyFile.ReadHeader(mended, KeyFileKit.Suites, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(KeyFileStatus.Truncated, KeyFile.ReadHeader(mended, KeyFileKit.Suites, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void Other_versions_suites_and_files_are_told_apart()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        byte[] file = Seal(identity);
        Assert.Equal(KeyFileStatus.NewerVersion, Read(With(file, 8, 2)));
        Assert.Equal(KeyFileStatus.NewerVersion, Read(Mend(With(file, 9, 3))));
        Assert.Equal(KeyFileStatus.NewerVersion, Read(Mend(With(file, 10, 2))));
        Assert.Equal(KeyFileStatus.NewerVersion, Read(Mend(With(file, 11, 2))));
        Assert.Equal(KeyFileStatus.Damaged, Read(Mend(With(file, 15, 7))));
        Assert.Equal(KeyFileStatus.Damaged, Read(Mend([.. file, 0])));
        Assert.Equal(KeyFileStatus.Damaged, Read(Mend(With(file, 126, (byte)'\n'))));
        Assert.Equal(KeyFileStatus.Damaged, Read(Mend(With(file, 126, 0xFF))));
        Assert.Equal(KeyFileStatus.Foreign, Read("-----BEGIN PRIVATE KEY-----"u8.ToArray()));
        Assert.Equal(KeyFileStatus.Truncated, Read([]));
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        byte[] file = Seal(identity);
        Gen.Byte.Array[0, 400].Sample(bytes => Assert.NotEqual(KeyFileStatus.Ok, Read(bytes)));
        // Behind a right beginning and with a right checksum, so that every length is read.
        Gen.Byte.Array[0, 400].Sample(bytes => Assert.NotEqual(KeyFileStatus.Ok, Read(Mend([.. file[..9], .. bytes, .. new byte[32]]))));
    }

    [Fact]
    public void Two_files_of_one_identity_share_no_salt_and_no_nonce()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast");
        Assert.NotEqual(Seal(identity)[20..60], Seal(identity)[20..60]);
    }

    [Fact]
    public void Nothing_secret_is_in_the_clear()
    {
        using UserIdentity identity = KeyFileKit.FromMaster("fast", hasDht: true);
        byte[] file = Seal(identity);
        byte[] signing = new byte[32], encryption = new byte[32], master = [.. Enumerable.Repeat((byte)0x5A, 64)];
        identity.Keys.ExportPrivate(signing, encryption);
        byte[] dht = DhtIdentityBuffer.Export(identity.Dht!);
        foreach (byte[] secret in (byte[][])[signing, encryption, master[..16], dht[200..232], KeyFileKit.Passphrase.ToArray()])
            Assert.Equal(-1, file.AsSpan().IndexOf(secret));
        Assert.DoesNotContain("5a5a", identity.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Disposing_zeroes_the_master()
    {
        UserIdentity identity = KeyFileKit.FromMaster("fast");
        SecretBytes copy = identity.CopyMaster()!;
        Span<byte> bytes = copy.Span;
        Assert.Equal(0x5A, bytes[0]);
        copy.Dispose();
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)0));
        Assert.Throws<ObjectDisposedException>(() => copy.Span.Length);
        identity.Dispose();
        Assert.Throws<ObjectDisposedException>(identity.CopyMaster);
    }

    [Fact]
    public async Task The_DHT_identity_of_a_master_is_always_the_same()
    {
        using UserIdentity one = KeyFileKit.FromMaster("fast"), other = KeyFileKit.FromMaster("messenger");
        await Task.WhenAll(one.DeriveDhtAsync(2048, TestContext.Current.CancellationToken), other.DeriveDhtAsync(2048, TestContext.Current.CancellationToken));
        Assert.Equal(one.Dht!.KeyId, other.Dht!.KeyId);
        using UserIdentity opened = RoundTrip(one);
        Assert.Equal(one.Dht.KeyId, opened.Dht!.KeyId);
    }

    private static byte[] Seal(UserIdentity identity) => KeyFile.Seal(identity, KeyFileKit.Passphrase, KeyFileKit.Cheap, RandomNumberGenerator.Fill);

    private static KeyFileStatus Read(byte[] file) => KeyFile.ReadHeader(file, KeyFileKit.Suites, out _);

    private static UserIdentity RoundTrip(UserIdentity identity)
    {
        Assert.Equal(KeyFileStatus.Ok, KeyFile.Open(Seal(identity), KeyFileKit.Passphrase, KeyFileKit.Suites, out UserIdentity? opened));
        return opened!;
    }

    private static void AssertSame(UserIdentity expected, UserIdentity actual)
    {
        Assert.Equal(expected.Suite.Id, actual.Suite.Id);
        Assert.Equal(expected.Name, actual.Name);
        Assert.Equal(expected.Keys.Fingerprint, actual.Keys.Fingerprint);
        Assert.Equal(expected.Keys.EncryptionKey.ToArray(), actual.Keys.EncryptionKey.ToArray());
        Assert.Equal(expected.Dht?.KeyId, actual.Dht?.KeyId);
        byte[] signature = new byte[actual.Suite.SignatureBytes];
        actual.Keys.Sign("m"u8, signature);
        Assert.True(expected.Suite.Verify(expected.Keys.SigningKey.Span, "m"u8, signature));
        Assert.Equal("b"u8.ToArray(), actual.Keys.OpenBlob(expected.Suite.SealBlob(expected.Keys.EncryptionKey.Span, "b"u8)!));
    }

    private static byte[] With(byte[] file, int at, byte value)
    {
        byte[] changed = [.. file];
        changed[at] = value;
        return changed;
    }

    private static byte[] Mend(byte[] file) => [.. file.AsSpan(..^32), .. SHA256.HashData(file.AsSpan(..^32))];

    private static byte[] Filled(int length, byte value) => [.. Enumerable.Repeat(value, length)];
}
