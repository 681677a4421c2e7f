using CsCheck;
using Dna.Fast.LoadGen.Workload;

namespace Dna.Fast.LoadGen.Tests;

public sealed class ZipfSamplerTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    [InlineData(1.0)]
    [InlineData(1.5)]
    public void Ranks_come_as_often_as_the_law_says(double s)
    {
        const int Count = 1000, Draws = 1_000_000;
        var sampler = new ZipfSampler(Count, s);
        var random = new SplitMix(7);
        int[] drawn = new int[Count];
        for (int i = 0; i < Draws; i++) drawn[sampler.Next(random)]++;

        double norm = Enumerable.Range(1, Count).Sum(k => Math.Pow(k, -s));
        foreach (int rank in new[] { 0, 1, 2, 9, 99, 999 })
        {
            double expected = Draws * Math.Pow(rank + 1, -s) / norm;

            // Six standard deviations: the seed is fixed, so this is about the code and not about luck.
            Assert.InRange(drawn[rank], expected - 6 * Math.Sqrt(expected), expected + 6 * Math.Sqrt(expected));
        }
    }

    [Fact]
    public void Every_rank_lies_inside_the_range_for_any_count_and_skew()
    {
        Gen.Select(Gen.UInt[1, uint.MaxValue], Gen.Double[0.01, 5], Gen.ULong).Sample((count, s, seed) =>
            new ZipfSampler(count, s).Next(new SplitMix(seed)) < count);
    }

    [Fact]
    public void Uniform_keys_come_alike()
    {
        var keys = new KeyPicker(10, 0, 3);
        int[] drawn = new int[10];
        for (int i = 0; i < 100_000; i++) drawn[keys.Next()]++;
        Assert.All(drawn, d => Assert.InRange(d, 9_400, 10_600));
    }

    [Fact]
    public void One_seed_gives_one_order()
    {
        uint[] first = Draw(), second = Draw();
        Assert.Equal(first, second);

        static uint[] Draw()
        {
            var keys = new KeyPicker(1000, 0.99, 5);
            return [.. Enumerable.Range(0, 100).Select(_ => keys.Next())];
        }
    }
}
