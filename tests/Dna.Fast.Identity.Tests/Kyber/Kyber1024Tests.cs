using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Dna.Fast.Identity.Tests.Suites;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity.Tests.Kyber;

/// <summary>Kyber1024 round 3 against the oracle in Oracle/kyber_oracle.py and against NIST's known answer.</summary>
public sealed class Kyber1024Tests
{
    [Fact]
    public void A_thousand_seeded_runs_give_what_the_oracle_gave()
    {
        string[] expected = Fixture.Lines("kyber1024-round3.txt");
        Assert.Equal(1_000, expected.Length);
        Parallel.For(0, expected.Length, run => Assert.True(expected[run] == Digest(run), $"run {run} differs: python3 Oracle/kyber_oracle.py makes the runs"));
    }

    [Fact]
    public async Task Fresh_pairs_agree_with_the_oracle_in_both_directions()
    {
        using var oracle = new PythonOracle();
        byte[] seed = new byte[32], randomness = new byte[32], secret = new byte[32];
        byte[] publicKey = new byte[Kyber1024.PublicKeyBytes], privateKey = new byte[Kyber1024.PrivateKeyBytes], ciphertext = new byte[Kyber1024.CiphertextBytes];
        for (int i = 0; i < 10; i++)
        {
            RandomNumberGenerator.Fill(seed);
            RandomNumberGenerator.Fill(randomness);
            Kyber1024.DeriveKeyPair(seed, publicKey, privateKey);
            byte[][] pair = await oracle.AskAsync("keypair", seed);
            Assert.Equal(Convert.ToHexString(pair[0]), Convert.ToHexString(publicKey));
            Assert.Equal(Convert.ToHexString(pair[1]), Convert.ToHexString(privateKey));

            byte[][] sent = await oracle.AskAsync("encapsulate", publicKey, randomness);
            Kyber1024.Encapsulate(publicKey, randomness, ciphertext, secret);
            Assert.Equal(Convert.ToHexString(sent[0]), Convert.ToHexString(ciphertext));
            Assert.Equal(sent[1], secret);
            Kyber1024.Decapsulate(sent[0], privateKey, secret);
            Assert.Equal(sent[1], secret);

            ciphertext[seed[0] * 6] ^= 1;
            byte[][] received = await oracle.AskAsync("decapsulate", ciphertext, privateKey);
            Kyber1024.Decapsulate(ciphertext, privateKey, secret);
            Assert.Equal(received[0], secret);
        }
    }

    [Fact]
    public void The_known_answer_of_NIST_holds()
    {
        // Source: PQClean, crypto_kem/kyber1024/META.yml (Kyber 3.02), nistkat-sha256: NIST's PQCkemKAT, count 0, as text.
        byte[] entropy = [.. Enumerable.Range(0, 48).Select(i => (byte)i)];
        byte[] seed = new NistGenerator(entropy).Take(48);
        var generator = new NistGenerator(seed);
        byte[] publicKey = new byte[Kyber1024.PublicKeyBytes], privateKey = new byte[Kyber1024.PrivateKeyBytes];
        byte[] ciphertext = new byte[Kyber1024.CiphertextBytes], secret = new byte[Kyber1024.SecretBytes];
        byte[] d = generator.Take(32), z = generator.Take(32);
        Kyber1024.GenerateKeyPair(d, z, publicKey, privateKey);
        Kyber1024.Encapsulate(publicKey, generator.Take(32), ciphertext, secret);
        string text = $"count = 0\nseed = {Hex(seed)}\npk = {Hex(publicKey)}\nsk = {Hex(privateKey)}\nct = {Hex(ciphertext)}\nss = {Hex(secret)}\n";
        Assert.Equal("5afcf2a568ad32d49b55105b032af1850f03f3888ff9e2a72f4059c58e968f60", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text))));
    }

    [Fact]
    public void A_tampered_ciphertext_gives_the_secret_of_z()
    {
        (byte[] publicKey, byte[] privateKey) = Pair(1);
        byte[] ciphertext = new byte[Kyber1024.CiphertextBytes], sent = new byte[32], received = new byte[32];
        Kyber1024.Encapsulate(publicKey, Fixture.Seed(9), ciphertext, sent);
        for (int at = 0; at < ciphertext.Length; at += 13)
        {
            ciphertext[at] ^= (byte)(1 << at % 8);
            Kyber1024.Decapsulate(ciphertext, privateKey, received);
            Assert.Equal(Rejection(privateKey, ciphertext), received);
            ciphertext[at] ^= (byte)(1 << at % 8);
        }

        Kyber1024.Decapsulate(ciphertext, privateKey, received);
        Assert.Equal(sent, received);
    }

    [Fact]
    public void Anything_of_the_right_size_is_a_ciphertext_and_a_key()
    {
        (byte[] publicKey, byte[] privateKey) = Pair(2);
        byte[] ciphertext = new byte[Kyber1024.CiphertextBytes], secret = new byte[32];
        foreach (byte filling in (byte[])[0x00, 0xFF, 0x55])
        {
            ciphertext.AsSpan().Fill(filling);
            Kyber1024.Decapsulate(ciphertext, privateKey, secret);
            Assert.Equal(Rejection(privateKey, ciphertext), secret);
            // Numbers of q and more in a key.
            publicKey.AsSpan().Fill(filling);
            Kyber1024.Encapsulate(publicKey, Fixture.Seed(1), ciphertext, secret);
        }
    }

    [Fact]
    public async Task A_key_with_numbers_above_the_modulus_is_used_as_the_oracle_uses_it()
    {
        using var oracle = new PythonOracle();
        byte[] publicKey = RandomNumberGenerator.GetBytes(Kyber1024.PublicKeyBytes), ciphertext = new byte[Kyber1024.CiphertextBytes], secret = new byte[32];
        publicKey.AsSpan(0, 300).Fill(0xFF);
        Kyber1024.Encapsulate(publicKey, Fixture.Seed(3), ciphertext, secret);
        byte[][] sent = await oracle.AskAsync("encapsulate", publicKey, Fixture.Seed(3));
        Assert.Equal(Convert.ToHexString(sent[0]), Convert.ToHexString(ciphertext));
        Assert.Equal(sent[1], secret);
    }

    [Fact]
    public void Other_sizes_are_the_callers_error()
    {
        (byte[] publicKey, byte[] privateKey) = Pair(3);
        byte[] ciphertext = new byte[Kyber1024.CiphertextBytes], secret = new byte[32];
        Assert.Throws<ArgumentException>(() => Kyber1024.Decapsulate(ciphertext.AsSpan(1), privateKey, secret));
        Assert.Throws<ArgumentException>(() => Kyber1024.Decapsulate(ciphertext, privateKey.AsSpan(1), secret));
        Assert.Throws<ArgumentException>(() => Kyber1024.Decapsulate(ciphertext, privateKey, secret.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => Kyber1024.Encapsulate(publicKey.AsSpan(1), secret, ciphertext, secret));
        Assert.Throws<ArgumentException>(() => Kyber1024.Encapsulate(publicKey, secret.AsSpan(1), ciphertext, secret));
        Assert.Throws<ArgumentException>(() => Kyber1024.DeriveKeyPair(secret.AsSpan(1), publicKey, privateKey));
    }

    [Fact]
    public void A_whole_key_is_told_from_a_damaged_one()
    {
        (_, byte[] privateKey) = Pair(4);
        Assert.True(Kyber1024.IsWhole(privateKey));
        Assert.False(Kyber1024.IsWhole(privateKey.AsSpan(1)));
        foreach (int at in (int[])[0, 1_535, 1_536, 3_103, 3_104, 3_135])
        {
            privateKey[at] ^= 0x40;
            Assert.False(Kyber1024.IsWhole(privateKey), $"byte {at}");
            privateKey[at] ^= 0x40;
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        (byte[] publicKey, byte[] privateKey) = Pair(5);
        byte[] ciphertext = new byte[Kyber1024.CiphertextBytes], secret = new byte[32], seed = Fixture.Seed(1);
        for (int i = 0; i < 50; i++) Run();
        // What an operation itself allocates, it allocates in every round; what the runtime does beside it, it does not do in all of these.
        long allocated = long.MaxValue;
        for (int round = 0; round < 10 && allocated > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++) Run();
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, allocated);

        void Run()
        {
            Kyber1024.DeriveKeyPair(seed, publicKey, privateKey);
            Kyber1024.Encapsulate(publicKey, seed, ciphertext, secret);
            Kyber1024.Decapsulate(ciphertext, privateKey, secret);
        }
    }

    private static string Digest(int run)
    {
        byte[] publicKey = new byte[Kyber1024.PublicKeyBytes], privateKey = new byte[Kyber1024.PrivateKeyBytes];
        byte[] ciphertext = new byte[Kyber1024.CiphertextBytes], secret = new byte[32], received = new byte[32];
        Kyber1024.GenerateKeyPair(Seeded("d", run), Seeded("z", run), publicKey, privateKey);
        Kyber1024.Encapsulate(publicKey, Seeded("m", run), ciphertext, secret);
        Kyber1024.Decapsulate(ciphertext, privateKey, received);
        Assert.Equal(secret, received);
        byte[] tampered = [.. ciphertext];
        long bit = BinaryPrimitives.ReadUInt32BigEndian(Seeded("bit", run)) % (8 * tampered.Length);
        tampered[bit / 8] ^= (byte)(1 << (int)(bit % 8));
        Kyber1024.Decapsulate(tampered, privateKey, received);
        Assert.Equal(Rejection(privateKey, tampered), received);
        byte[] all = [.. publicKey, .. privateKey, .. ciphertext, .. secret, .. received];
        return Convert.ToHexStringLower(SHA256.HashData(all).AsSpan(0, 8));
    }

    private static byte[] Seeded(string name, int run)
    {
        byte[] digest = new byte[Sha3.Bytes256];
        Sha3.Hash256(Encoding.ASCII.GetBytes($"{name} {run}"), digest);
        return digest;
    }

    /// <summary>SHAKE256(z, SHA3-256(ciphertext)).</summary>
    private static byte[] Rejection(byte[] privateKey, byte[] ciphertext)
    {
        byte[] digest = new byte[Sha3.Bytes256], secret = new byte[32];
        Sha3.Hash256(ciphertext, digest);
        Sha3.Shake256([.. privateKey.AsSpan(Kyber1024.PrivateKeyBytes - 32), .. digest], secret);
        return secret;
    }

    private static (byte[] PublicKey, byte[] PrivateKey) Pair(byte seed)
    {
        byte[] publicKey = new byte[Kyber1024.PublicKeyBytes], privateKey = new byte[Kyber1024.PrivateKeyBytes];
        Kyber1024.DeriveKeyPair(Fixture.Seed(seed), publicKey, privateKey);
        return (publicKey, privateKey);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    /// <summary>CTR_DRBG with AES-256 and no derivation function (NIST SP 800-90A, section 10.2.1): what the known answers draw from.</summary>
    private sealed class NistGenerator
    {
        private byte[] _key = new byte[32];
        private UInt128 _counter;

        public NistGenerator(byte[] entropy) => Update(entropy);

        public byte[] Take(int count)
        {
            byte[] taken = [.. Blocks((count + 15) / 16).Take(count)];
            Update(new byte[48]);
            return taken;
        }

        private void Update(byte[] provided)
        {
            byte[] next = [.. Blocks(3).Zip(provided, (left, right) => (byte)(left ^ right))];
            _key = next[..32];
            _counter = BinaryPrimitives.ReadUInt128BigEndian(next.AsSpan(32));
        }

        private byte[] Blocks(int count)
        {
            byte[] counters = new byte[16 * count];
            for (int i = 0; i < count; i++) BinaryPrimitives.WriteUInt128BigEndian(counters.AsSpan(16 * i), ++_counter);
            using var aes = Aes.Create();
            aes.Key = _key;
            return aes.EncryptEcb(counters, PaddingMode.None);
        }
    }
}
