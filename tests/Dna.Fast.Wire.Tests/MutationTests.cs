namespace Dna.Fast.Wire.Tests;

/// <summary>Damaged datagrams: nothing may throw, and what still decodes must be walkable to its last byte.</summary>
public sealed class MutationTests
{
    /// <summary>Mutants of one round over all vectors; four kinds of damage make 4 x 165 x 80 = 52,800 a round.</summary>
    private const int MutantsPerVector = 80;

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_mutated_datagram_never_throws(int seed)
    {
        var random = new Random(seed);
        var walker = new Walker();
        foreach (Vector vector in Vectors.All)
        {
            for (int i = 0; i < MutantsPerVector; i++)
            {
                walker.Walk(Flip(vector.Bytes, random));
                walker.Walk(vector.Bytes[..random.Next(vector.Bytes.Length)]);
                walker.Walk(Insert(vector.Bytes, random));
                walker.Walk(Splice(vector.Bytes, Vectors.All[random.Next(Vectors.All.Count)].Bytes, random));
            }
        }

        Assert.Equal(4 * MutantsPerVector * Vectors.All.Count, walker.Walked);

        // Damage that is never survived, or always, would test one branch only.
        Assert.InRange(walker.Decoded, walker.Walked / 20, walker.Walked * 19 / 20);
        Assert.True(walker.Values > 100, $"{walker.Values} values were reached");
    }

    [Fact]
    public void Every_truncation_of_every_datagram_is_refused()
    {
        foreach (Vector vector in Vectors.Messages)
        {
            for (int length = 0; length < vector.Bytes.Length; length++)
            {
                Assert.Equal(DecodeStatus.Truncated, MessageReader.Read(vector.Bytes.AsSpan(0, length), out _));
            }
        }
    }

    [Fact]
    public void Every_single_byte_of_a_small_datagram_may_be_anything()
    {
        var walker = new Walker();
        foreach (Vector vector in Vectors.Messages.Where(vector => vector.Bytes.Length < 200))
        {
            byte[] mutant = [.. vector.Bytes];
            for (int at = 0; at < mutant.Length; at++)
            {
                for (int value = 0; value < 256; value += 5)
                {
                    mutant[at] = (byte)value;
                    walker.Walk(mutant);
                }

                mutant[at] = vector.Bytes[at];
            }
        }

        Assert.True(walker.Walked > 100_000);
    }

    private static byte[] Flip(byte[] bytes, Random random)
    {
        byte[] mutant = [.. bytes];
        for (int flips = random.Next(1, 5); flips > 0; flips--) mutant[random.Next(mutant.Length)] ^= (byte)(1 << random.Next(8));
        return mutant;
    }

    private static byte[] Insert(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length + 1);
        byte[] noise = new byte[random.Next(1, 9)];
        random.NextBytes(noise);
        return [.. bytes[..at], .. noise, .. bytes[at..]];
    }

    private static byte[] Splice(byte[] one, byte[] other, Random random) =>
        [.. one[..random.Next(one.Length)], .. other[random.Next(other.Length)..]];
}
