using Dna.Fast.Kademlia.Serving;
using Dna.Fast.Kademlia.Tests.Guard;

namespace Dna.Fast.Kademlia.Tests.Serving;

public sealed class RememberingVerifierTests
{
    private static readonly byte[] Owner = [1, 2, 3], Body = [4, 5, 6, 7], Right = [8, 9];
    private readonly Counting _inner = new();
    private readonly RememberingVerifier _verifier;

    public RememberingVerifierTests() => _verifier = new RememberingVerifier(_inner, new SeededRandom(1));

    [Fact]
    public void The_same_signature_is_verified_once_whether_right_or_wrong()
    {
        byte[] wrong = [8, 8];
        for (int i = 0; i < 5; i++)
        {
            Assert.True(_verifier.Verify(Owner, Body, Right));
            Assert.False(_verifier.Verify(Owner, Body, wrong));
        }

        Assert.Equal(2, _inner.Calls);
        Assert.Equal((8, 2), (_verifier.Hits, _verifier.Misses));
    }

    [Fact]
    public void Every_changed_byte_of_any_part_is_another_question()
    {
        Assert.True(_verifier.Verify(Owner, Body, Right));
        byte[][] parts = [Owner, Body, Right];
        for (int part = 0; part < parts.Length; part++)
        {
            for (int bit = 0; bit < 8 * parts[part].Length; bit++)
            {
                byte[][] changed = [.. parts.Select(bytes => (byte[])bytes.Clone())];
                changed[part][bit / 8] ^= (byte)(1 << bit % 8);
                Assert.False(_verifier.Verify(changed[0], changed[1], changed[2]));
            }
        }

        Assert.Equal(0, _verifier.Hits);
    }

    [Fact]
    public void The_end_of_one_part_is_not_the_beginning_of_the_next()
    {
        Assert.True(_verifier.Verify(Owner, Body, Right));
        Assert.False(_verifier.Verify([1, 2], [3, 4, 5, 6, 7], Right));
        Assert.False(_verifier.Verify(Owner, [4, 5, 6, 7, 8], [9]));
        Assert.Equal(3, _inner.Calls);
    }

    [Fact]
    public void However_many_signatures_come_no_verdict_is_another_ones_and_the_table_does_not_grow()
    {
        byte[] signature = new byte[4];
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 2 * RememberingVerifier.VerdictsMax; i++)
            {
                BitConverter.TryWriteBytes(signature, i);
                Assert.Equal(_inner.IsRight(Owner, Body, signature), _verifier.Verify(Owner, Body, signature));
            }
        }

        // The second round finds some of the first round's, and not more than there is room for.
        Assert.InRange(_verifier.Hits, 1, RememberingVerifier.VerdictsMax);
    }

    [Fact]
    public void Another_key_of_the_hash_keeps_other_verdicts()
    {
        var other = new RememberingVerifier(_inner, new SeededRandom(2));
        Assert.True(_verifier.Verify(Owner, Body, Right));
        Assert.True(other.Verify(Owner, Body, Right));
        Assert.Equal(2, _inner.Calls);
    }

    [Fact]
    public void Many_threads_get_right_verdicts()
    {
        int wrong = 0;
        Parallel.For(0, 8, thread =>
        {
            byte[] signature = new byte[4];
            for (int i = 0; i < 100_000; i++)
            {
                BitConverter.TryWriteBytes(signature, i * 7 % 90_000);
                if (_verifier.Verify(Owner, Body, signature) != _inner.IsRight(Owner, Body, signature)) Interlocked.Increment(ref wrong);
            }
        });
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void A_remembered_verdict_allocates_nothing()
    {
        _verifier.Verify(Owner, Body, Right);
        Assert.Equal(0, Allocation.PerThousand(() => _verifier.Verify(Owner, Body, Right)));
    }

    private sealed class Counting : IValueVerifier
    {
        private int _calls;

        public int Calls => _calls;

        public bool Verify(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
        {
            Interlocked.Increment(ref _calls);
            return IsRight(ownerSpki, body, signature);
        }

        public byte[]? ReadCertificateKey(ReadOnlySpan<byte> data) => null;

        public bool IsRight(ReadOnlySpan<byte> ownerSpki, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature) =>
            (signature.SequenceEqual(Right) && body.SequenceEqual(Body) && ownerSpki.SequenceEqual(Owner)) || (signature.Length == 4 && signature[0] % 3 == 0);
    }
}
