using System.Text;
using Dna.Fast.Kademlia;
using NSec.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Argon2Parameters = NSec.Cryptography.Argon2Parameters;

namespace Dna.Fast.Identity.Tests.Suites;

/// <summary>Published test vectors of what the suites are made of; each names its source.</summary>
public sealed class PublishedVectorTests
{
    /// <summary>RFC 8032, section 7.1, tests 1 to 3.</summary>
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82", "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Ed25519_signs_as_RFC_8032(string secret, string publicKey, string message, string signature)
    {
        IIdentitySuite suite = Fixture.System.Fast;
        using IIdentityKeys keys = suite.FromSeeds(Hex(secret), Hex(secret));
        Assert.Equal(publicKey, Convert.ToHexStringLower(keys.SigningKey.Span));
        byte[] made = new byte[suite.SignatureBytes];
        keys.Sign(Hex(message), made);
        Assert.Equal(signature, Convert.ToHexStringLower(made));
        Assert.True(suite.Verify(Hex(publicKey), Hex(message), Hex(signature)));
    }

    /// <summary>RFC 7748, section 6.1.</summary>
    [Fact]
    public void X25519_agrees_as_RFC_7748()
    {
        byte[] alice = Hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"), bob = Hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        using IIdentityKeys aliceKeys = Fixture.System.Fast.FromSeeds(alice, alice), bobKeys = Fixture.System.Fast.FromSeeds(bob, bob);
        Assert.Equal("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", Convert.ToHexStringLower(aliceKeys.EncryptionKey.Span));
        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Convert.ToHexStringLower(bobKeys.EncryptionKey.Span));
        using Key key = FastSuite.ImportPrivate(FastSuite.Agreement, alice);
        PublicKey other = PublicKey.Import(FastSuite.Agreement, bobKeys.EncryptionKey.Span, KeyBlobFormat.RawPublicKey);
        using SharedSecret? shared = FastSuite.Agreement.Agree(key, other, new SharedSecretCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });
        Assert.Equal(
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Convert.ToHexStringLower(shared!.Export(SharedSecretBlobFormat.RawSharedSecret)));
    }

    /// <summary>draft-irtf-cfrg-xchacha-03, appendix A.3.1.</summary>
    [Fact]
    public void XChaCha20_Poly1305_encrypts_as_the_draft()
    {
        byte[] text = Encoding.ASCII.GetBytes("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.");
        byte[] secret = [.. Enumerable.Range(0x80, 32).Select(i => (byte)i)], nonce = [.. Enumerable.Range(0x40, 24).Select(i => (byte)i)];
        using Key key = Key.Import(FastSuite.Cipher, secret, KeyBlobFormat.RawSymmetricKey);
        byte[] ciphertext = FastSuite.Cipher.Encrypt(key, nonce, Hex("50515253c0c1c2c3c4c5c6c7"), text);
        Assert.Equal(
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e"
            + "c0875924c1c7987947deafd8780acf49",
            Convert.ToHexStringLower(ciphertext));
    }

    /// <summary>libsodium, test/default/pwhash_argon2id.c, first vector: 5 passes, 7,086 KiB, 155 bytes. RFC 9106's own takes a secret, which libsodium does not.</summary>
    [Fact]
    public void Argon2id_derives_as_libsodium_says()
    {
        byte[] password = Hex(
            "a347ae92bce9f80f6f595a4480fc9c2fe7e7d7148d371e9487d75f5c23008ffae065577a928febd9b1973a5a95073acdbeb6a030cfc0d79caa2dc5cd011cef02c0"
            + "8da232d76d52dfbca38ca8dcbd665b17d1665f7cf5fe59772ec909733b24de97d6f58d220b20c60d7c07ec1fd93c52c31020300c6c1facd77937a597c7a6");
        var parameters = new Argon2Parameters { NumberOfPasses = 5, MemorySize = 7_256_678 / 1_024, DegreeOfParallelism = 1 };
        byte[] derived = PasswordBasedKeyDerivationAlgorithm.Argon2id(parameters).DeriveBytes(password, Hex("5541fbc995d5c197ba290346d2c559de"), 155);
        Assert.Equal(
            "18acec5d6507739f203d1f5d9f1d862f7c2cdac4f19d2bdff64487e60d969e3ced615337b9eec6ac4461c6ca07f0939741e57c24d0005c7ea171a0ee1e7348249d135b"
            + "38f222e4dad7b9a033ed83f5ca27277393e316582033c74affe2566a2bea47f91f0fd9fe49ece7e1f79f3ad6e9b23e0277c8ecc4b313225748dd2a80f5679534a0700e"
            + "246a79a49b3f74eb89ec6205fe1eeb941c73b1fcf1",
            Convert.ToHexStringLower(derived));
    }

    /// <summary>RFC 3394, sections 4.3, 4.5 and 4.6.</summary>
    [Theory]
    [InlineData("00112233445566778899aabbccddeeff", "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7")]
    [InlineData("00112233445566778899aabbccddeeff0001020304050607", "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1")]
    [InlineData("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f", "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21")]
    public void Keys_are_wrapped_as_RFC_3394(string key, string wrapped)
    {
        byte[] kek = [.. Enumerable.Range(0, 32).Select(i => (byte)i)], made = new byte[wrapped.Length / 2], unwrapped = new byte[key.Length / 2];
        AesKeyWrap.Wrap(kek, Hex(key), made);
        Assert.Equal(wrapped, Convert.ToHexStringLower(made));
        Assert.True(AesKeyWrap.TryUnwrap(kek, made, unwrapped));
        Assert.Equal(key, Convert.ToHexStringLower(unwrapped));
        for (int bit = 0; bit < 8 * made.Length; bit++)
        {
            made[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(AesKeyWrap.TryUnwrap(kek, made, unwrapped));
            Assert.Equal(new byte[unwrapped.Length], unwrapped);
            made[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    /// <summary>NIST ACVP-Server, ML-DSA-keyGen-FIPS204, test case 52. The last of the private key's first three parts is the SHAKE256 of the whole public key.</summary>
    [Fact]
    public void ML_DSA_87_derives_keys_as_NIST()
    {
        MLDsaPrivateKeyParameters key = MlDsa87.FromSeed(Hex("e53033c3fe3db2044361cc97dce489f2209c3076d4721306d8e22db1f7b5d7f7"));
        byte[] privateKey = new byte[MlDsa87.PrivateKeyBytes], publicKey = key.GetPublicKeyEncoded(), digest = new byte[64];
        MlDsa87.Export(key, privateKey);
        Assert.Equal(
            "ebff20c360d0e327b50bf2b0568bf576de863578deea00e0ddf3206821ce2ad3b2495f4b1096874a88f21fefb2d55040189143e92d1d04d20b75524cfffab021"
            + "c139c70f4d7da38d4e6d38020e1f61c1f53d2a97006439ee272db2a5cedbe88de416c60cd2dce3e877e6d8f96aed2ccd9ee922c23a5fe722ef5419146df41cd7",
            Convert.ToHexStringLower(privateKey.AsSpan(0, 128)));
        Sha3.Shake256(publicKey, digest);
        Assert.Equal(privateKey.AsSpan(64, 64).ToArray(), digest);
        Assert.Equal("ebff20c360d0e327b50bf2b0568bf576de863578deea00e0ddf3206821ce2ad32b79c2fc8f53ea6cbb3c105f8dc33eca", Convert.ToHexStringLower(publicKey.AsSpan(0, 48)));
        Assert.Equal("4c4d613608147ce6b4d37b92a5df0cf8d0bce15669d73fbb", Convert.ToHexStringLower(publicKey.AsSpan(MlDsa87.PublicKeyBytes - 24)));
    }

    /// <summary>C2SP Wycheproof, mldsa_87_sign_seed_test.json, test case 1: a deterministic signature; its first 64 bytes are a hash over all that went into it.</summary>
    [Fact]
    public void ML_DSA_87_signs_as_Wycheproof()
    {
        byte[] message = Hex("48656c6c6f20776f726c64");
        MLDsaPrivateKeyParameters key = MlDsa87.FromSeed(Fixture.Seed(0x2A));
        byte[] publicKey = key.GetPublicKeyEncoded();
        Assert.StartsWith("17a508179b35057099111733da28fd1a2265de7d8ab22d5279f13bca84cc42a5b8c9644c121e7e1b81723c5295be288f", Convert.ToHexStringLower(publicKey));
        Assert.EndsWith("9f0463eee938b30adf3e55664f94d274cd87dea901a7e08e805", Convert.ToHexStringLower(publicKey));
        var signer = new MLDsaSigner(MLDsaParameters.ml_dsa_87, deterministic: true);
        signer.Init(true, key);
        signer.BlockUpdate(message);
        byte[] signature = signer.GenerateSignature();
        Assert.StartsWith(
            "ba4275ff54c22d2d09ea1937a0667362acd44925c6d6965fad350b111d1cbcce68ddbd0e576d1a8810eb4e71623781f32f747d44c8e693749df191682f588906949d97617a4b0ec54ad966818dee88b9",
            Convert.ToHexStringLower(signature));
        Assert.True(MlDsa87.Verify(publicKey, message, signature));
    }

    [Fact]
    public void Signatures_of_the_messenger_suite_are_hedged()
    {
        using IIdentityKeys alice = Fixture.Alice(Fixture.System.Messenger);
        byte[] first = new byte[alice.Suite.SignatureBytes], second = new byte[alice.Suite.SignatureBytes];
        alice.Sign([1], first);
        alice.Sign([1], second);
        Assert.NotEqual(first, second);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
