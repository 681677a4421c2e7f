namespace Dna.Fast.Identity.Tests.Kyber;

/// <summary>The parts of Kyber against plain arithmetic.</summary>
public sealed class KyberArithmeticTests
{
    private const int Q = KyberRing.Q;

    [Fact]
    public void Zetas_are_the_powers_of_17_in_reversed_order()
    {
        for (int i = 0; i < 128; i++)
        {
            int reversed = 0;
            for (int bit = 0; bit < 7; bit++) reversed |= (i >> bit & 1) << 6 - bit;
            long power = 1;
            for (int n = 0; n < reversed; n++) power = power * 17 % Q;
            Assert.Equal(power * 65_536 % Q, (KyberRing.Zetas[i] + Q) % Q);
        }
    }

    [Fact]
    public void Compression_rounds_as_division_would()
    {
        for (int x = 0; x < Q; x++)
        {
            Assert.Equal((uint)(((x << 11) + Q / 2) / Q & 0x7FF), KyberPacking.Compress11(x));
            Assert.Equal((ulong)(((x << 5) + Q / 2) / Q & 0x1F), KyberPacking.Compress5(x));
            Assert.Equal((uint)(((x << 1) + Q / 2) / Q & 1), KyberPacking.Compress1(x));
        }
    }

    [Fact]
    public void Every_16_bit_number_has_one_form()
    {
        for (int a = short.MinValue; a <= short.MaxValue; a++) Assert.Equal((a % Q + Q) % Q, KyberRing.Canonical((short)a));
    }

    [Fact]
    public void A_product_through_the_transform_is_the_product_in_the_ring()
    {
        var random = new Random(7);
        short[] a = Random(random), b = Random(random), product = new short[256];
        int[] expected = new int[256];
        for (int i = 0; i < 256; i++)
        {
            for (int j = 0; j < 256; j++)
            {
                int sign = i + j < 256 ? 1 : -1;
                int at = (i + j) % 256;
                expected[at] = ((expected[at] + sign * a[i] * b[j]) % Q + Q) % Q;
            }
        }

        KyberRing.Ntt(a);
        KyberRing.Ntt(b);
        KyberRing.MultiplyAdd(a, b, product);
        KyberRing.InverseNtt(product);
        for (int i = 0; i < 256; i++) Assert.Equal(expected[i], KyberRing.Canonical(product[i]));
    }

    [Fact]
    public void The_largest_numbers_do_not_overflow()
    {
        // Four products of the largest packed numbers, and a transform of the largest reduced ones.
        short[] large = Filled(4_095), reduced = Filled(Q / 2), sum = new short[256];
        for (int i = 0; i < 4; i++) KyberRing.MultiplyAdd(large, reduced, sum);
        KyberRing.Reduce(sum);
        short[] once = new short[256];
        KyberRing.MultiplyAdd(Filled(4_095 % Q), reduced, once);
        for (int i = 0; i < 256; i++) Assert.Equal(KyberRing.Canonical(once[i]) * 4 % Q, KyberRing.Canonical(sum[i]));

        foreach (short extreme in (short[])[Q - 1, -(Q - 1)])
        {
            short[] there = Filled(extreme), plain = new short[256], one = new short[256];
            KyberRing.Ntt(there);
            one[0] = 1;
            KyberRing.Ntt(one);
            KyberRing.MultiplyAdd(there, one, plain);
            KyberRing.InverseNtt(plain);
            foreach (short number in plain) Assert.Equal((extreme + Q) % Q, KyberRing.Canonical(number));
        }
    }

    [Fact]
    public void Packing_travels_both_ways()
    {
        short[] a = Random(new Random(11)), again = new short[256];
        byte[] packed = new byte[KyberPacking.PolynomialBytes];
        KyberPacking.Pack(a, packed);
        KyberPacking.Unpack(packed, again);
        Assert.Equal(a, again);

        byte[] message = new byte[32], back = new byte[32];
        new Random(12).NextBytes(message);
        KyberPacking.FromMessage(message, a);
        KyberPacking.ToMessage(a, back);
        Assert.Equal(message, back);
    }

    private static short[] Random(Random random) => [.. Enumerable.Range(0, 256).Select(_ => (short)random.Next(Q))];

    private static short[] Filled(int number) => [.. Enumerable.Repeat((short)number, 256)];
}
