using System.Buffers.Binary;
using CsCheck;
using Dna.Fast.Kademlia;

namespace Dna.Fast.Identity.Tests.Suites;

/// <summary>What strangers may do to an envelope or a blob on its way.</summary>
public sealed class EnvelopeMutationTests
{
    private static readonly byte[] Message = "a text of some length"u8.ToArray();

    public static TheoryData<string> Suites => Fixture.Suites;

    [Fact]
    public void A_flipped_bit_anywhere_in_a_fast_envelope_is_refused_by_every_recipient()
    {
        IIdentitySuite suite = Fixture.System.Fast;
        using IIdentityKeys alice = Fixture.Alice(suite), bob = Fixture.Bob(suite);
        byte[] envelope = alice.Seal([alice.EncryptionKey, bob.EncryptionKey], Message)!;
        for (int bit = 0; bit < 8 * envelope.Length; bit++)
        {
            Flip(envelope, bit);
            AssertRefused(alice, envelope);
            AssertRefused(bob, envelope);
            Flip(envelope, bit);
        }

        Assert.Equal(OpenStatus.Ok, bob.Open(envelope, out _, out _));
    }

    [Fact]
    public void A_flipped_bit_in_a_messenger_envelope_is_refused_by_whom_it_is_for()
    {
        IIdentitySuite suite = Fixture.System.Messenger;
        using IIdentityKeys alice = Fixture.Alice(suite);
        byte[] envelope = alice.Seal([alice.EncryptionKey], Message)!;
        int content = 20 + suite.WrappedKeyBytes, block = envelope.Length - suite.SignatureBytes - suite.SigningKeyBytes - 5;
        // Every bit of header, nonce, ciphertext, tag and block header; of the large parts one bit in each 16 bytes.
        for (int at = 0; at < envelope.Length; at++)
        {
            bool isLarge = (at >= 20 && at < content) || at >= block + 5;
            if (isLarge && at % 16 != 0) continue;
            for (int bit = 0; bit < 8; bit++)
            {
                if (isLarge && bit != at / 16 % 8) continue;
                Flip(envelope, 8 * at + bit);
                AssertRefused(alice, envelope);
                Flip(envelope, 8 * at + bit);
            }
        }

        Assert.Equal(OpenStatus.Ok, alice.Open(envelope, out _, out _));
    }

    [Fact]
    public void The_status_says_what_is_wrong()
    {
        foreach (string name in (string[])["messenger", "fast"])
        {
            IIdentitySuite suite = Fixture.Suite(name);
            using IIdentityKeys alice = Fixture.Alice(suite), bob = Fixture.Bob(suite);
            byte[] envelope = alice.Seal([alice.EncryptionKey], Message)!;
            int version = name == "fast" ? 4 : 8, tag = name == "fast" ? envelope.Length - 1 : envelope.Length - 7_224 - 1;
            Assert.Equal(OpenStatus.NotForUs, bob.Open(envelope, out _, out _));
            Assert.Equal(OpenStatus.NotAnEnvelope, alice.Open([], out _, out _));
            Assert.Equal(OpenStatus.NotAnEnvelope, alice.Open(With(envelope, 0), out _, out _));
            Assert.Equal(OpenStatus.UnknownVersion, alice.Open(With(envelope, version), out _, out _));
            Assert.Equal(OpenStatus.Malformed, alice.Open(envelope.AsSpan(0, envelope.Length - 1), out _, out _));
            Assert.Equal(OpenStatus.Malformed, alice.Open([.. envelope, 0], out _, out _));
            Assert.Equal(OpenStatus.Damaged, alice.Open(With(envelope, tag), out _, out _));
        }
    }

    [Fact]
    public void A_sender_who_is_not_the_signer_is_found_out()
    {
        // Messenger: the block behind is open to all, so put another one's key there. Fast: only a recipient could, and the signature names the envelope.
        IIdentitySuite suite = Fixture.System.Messenger;
        using IIdentityKeys alice = Fixture.Alice(suite), bob = Fixture.Bob(suite);
        byte[] envelope = alice.Seal([bob.EncryptionKey], Message)!;
        bob.SigningKey.CopyTo(envelope.AsMemory(envelope.Length - suite.SignatureBytes - suite.SigningKeyBytes));
        Assert.Equal(OpenStatus.BadSignature, bob.Open(envelope, out byte[]? plaintext, out byte[]? sender));
        Assert.Null(plaintext);
        Assert.Null(sender);
    }

    [Theory, MemberData(nameof(Suites))]
    public void Every_cut_is_refused(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys alice = Fixture.Alice(suite);
        byte[] envelope = alice.Seal([alice.EncryptionKey], Message)!, blob = suite.SealBlob(alice.EncryptionKey.Span, Message)!;
        for (int length = 0; length < envelope.Length; length++) AssertRefused(alice, envelope.AsSpan(0, length));
        for (int length = 0; length < blob.Length; length++) Assert.Null(alice.OpenBlob(blob.AsSpan(0, length)));
    }

    [Theory, MemberData(nameof(Suites))]
    public void A_flipped_bit_in_a_blob_or_a_wrapped_key_is_refused(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys alice = Fixture.Alice(suite);
        byte[] blob = suite.SealBlob(alice.EncryptionKey.Span, Message)!, wrapped = new byte[suite.WrappedKeyBytes], key = new byte[32];
        Assert.True(suite.WrapKey(alice.EncryptionKey.Span, Fixture.Seed(1), wrapped));
        int step = name == "fast" ? 1 : 7;
        for (int bit = 0; bit < 8 * blob.Length; bit += step)
        {
            Flip(blob, bit);
            Assert.Null(alice.OpenBlob(blob));
            Flip(blob, bit);
        }

        for (int bit = 0; bit < 8 * wrapped.Length; bit += step)
        {
            Flip(wrapped, bit);
            Assert.False(alice.TryUnwrapKey(wrapped, key));
            Flip(wrapped, bit);
        }

        Assert.NotNull(alice.OpenBlob(blob));
        Assert.True(alice.TryUnwrapKey(wrapped, key));
    }

    [Theory, MemberData(nameof(Suites))]
    public void Anything_may_come_and_nothing_is_thrown(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys alice = Fixture.Alice(suite);
        byte[] envelope = alice.Seal([alice.EncryptionKey, alice.EncryptionKey], Message)!;
        Gen<byte[]> stranger = Gen.Select(Gen.Int[0, envelope.Length], Gen.Byte.Array[0, 300]).Select((keep, rest) => (byte[])[.. envelope.AsSpan(0, keep), .. rest]);
        Gen<byte[]> edited = Gen.Select(Gen.Int[0, 19], Gen.Byte).Array[1, 4].Select(edits =>
        {
            byte[] copy = [.. envelope];
            foreach ((int at, byte value) in edits) copy[at] = value;
            return copy;
        });
        byte[] key = new byte[32];
        Gen.OneOf(stranger, edited).Where(bytes => !bytes.AsSpan().SequenceEqual(envelope)).Sample(
            bytes =>
            {
                AssertRefused(alice, bytes);
                alice.OpenBlob(bytes);
                alice.TryUnwrapKey(bytes, key);
                return !suite.Verify(bytes, bytes, bytes);
            },
            iter: 2_000,
            threads: 1);
    }

    [Theory, MemberData(nameof(Suites))]
    public void A_length_that_lies_costs_nothing(string name)
    {
        IIdentitySuite suite = Fixture.Suite(name);
        using IIdentityKeys alice = Fixture.Alice(suite);
        byte[] envelope = alice.Seal([alice.EncryptionKey], Message)!;
        foreach (uint length in (uint[])[0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, EnvelopeLimits.PlaintextBytesMax, EnvelopeLimits.PlaintextBytesMax + 1])
        {
            if (name == "fast") BinaryPrimitives.WriteUInt32BigEndian(envelope.AsSpan(8), length);
            else BinaryPrimitives.WriteUInt32LittleEndian(envelope.AsSpan(12), length);
            long before = GC.GetAllocatedBytesForCurrentThread();
            OpenStatus status = alice.Open(envelope, out _, out _);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(OpenStatus.Malformed, status);
            Assert.InRange(allocated, 0, 1_000);
        }
    }

    private static void AssertRefused(IUserKeys reader, ReadOnlySpan<byte> envelope)
    {
        Assert.NotEqual(OpenStatus.Ok, reader.Open(envelope, out byte[]? plaintext, out byte[]? sender));
        Assert.Null(plaintext);
        Assert.Null(sender);
    }

    private static void Flip(byte[] bytes, int bit) => bytes[bit / 8] ^= (byte)(1 << bit % 8);

    private static byte[] With(byte[] bytes, int at)
    {
        byte[] copy = [.. bytes];
        copy[at] ^= 0x10;
        return copy;
    }
}
