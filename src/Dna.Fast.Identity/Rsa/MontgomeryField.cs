namespace Dna.Fast.Identity;

/// <summary>Arithmetic modulo one odd number in Montgomery's form (1985): what the Miller-Rabin test needs, and no more. One thread.</summary>
/// <remarks>Numbers are arrays of 64-bit limbs, the least significant first. The framework's BigInteger is several times slower here and cannot be zeroed.</remarks>
internal sealed class MontgomeryField
{
    private readonly ulong[] _modulus;
    private readonly ulong[] _one;
    private readonly ulong[] _minusOne;
    private readonly ulong[] _product;
    private readonly ulong[] _power;
    private readonly ulong[] _scratch;
    private readonly ulong _inverse;

    /// <param name="modulus">Odd, its highest bit set. Owned by the field.</param>
    public MontgomeryField(ulong[] modulus)
    {
        _modulus = modulus;
        _product = Pinned.Limbs(modulus.Length + 2);
        _power = Pinned.Limbs(modulus.Length);
        _scratch = Pinned.Limbs(modulus.Length);
        // Newton's iteration doubles the right bits of 1/modulus modulo 2^64 each time: 3, 6, 12, 24, 48, 96.
        ulong inverse = modulus[0];
        for (int i = 0; i < 5; i++) inverse *= 2 - modulus[0] * inverse;
        _inverse = 0 - inverse;

        // R modulo m is R - m, as the highest bit of m is set; and -1 is m - that.
        _one = Pinned.Limbs(modulus.Length);
        Subtract(_one, modulus, _one);
        _minusOne = Pinned.Limbs(modulus.Length);
        Subtract(modulus, _one, _minusOne);
    }

    /// <summary>Miller-Rabin: false proves that the modulus is composite.</summary>
    /// <param name="witness">2 to 255.</param>
    public bool PassesMillerRabin(byte witness)
    {
        // modulus - 1 = odd * 2^twos.
        int twos = TrailingZeros();
        RaiseToOddPart(witness, twos);
        ulong[] power = _power;
        if (IsEqual(power, _one) || IsEqual(power, _minusOne)) return true;
        for (int i = 1; i < twos; i++)
        {
            Multiply(power, power, power);
            if (IsEqual(power, _minusOne)) return true;
        }

        return false;
    }

    /// <summary>True when nothing is left of the modulus and of what was computed from it: R - modulus tells it as well as itself.</summary>
    public bool IsClear => Array.TrueForAll(Numbers, number => !number.AsSpan().ContainsAnyExcept(0UL));

    /// <summary>Every number it holds; it makes no others.</summary>
    private ulong[][] Numbers => [_modulus, _one, _minusOne, _product, _power, _scratch];

    /// <summary>Zeroes the modulus and what was computed from it.</summary>
    public void Clear()
    {
        foreach (ulong[] secret in Numbers) Array.Clear(secret);
    }

    /// <summary>Power = witness ^ ((modulus - 1) / 2^twos), in Montgomery's form: squarings, and additions for the factor, as the base is small.</summary>
    private void RaiseToOddPart(byte witness, int twos)
    {
        ulong[] power = _power;
        _one.CopyTo(power, 0);
        for (int bit = 64 * _modulus.Length - 1; bit >= twos; bit--)
        {
            Multiply(power, power, power);
            // The bits of modulus - 1 above the lowest are those of the odd modulus.
            if ((_modulus[bit >> 6] >> (bit & 63) & 1) != 0) MultiplySmall(power, witness, _scratch);
        }
    }

    private int TrailingZeros()
    {
        if (_modulus[0] != 1) return System.Numerics.BitOperations.TrailingZeroCount(_modulus[0] - 1);
        int limb = 1;
        while (_modulus[limb] == 0) limb++;
        return 64 * limb + System.Numerics.BitOperations.TrailingZeroCount(_modulus[limb]);
    }

    /// <summary>a * b / R modulo the modulus (coarsely integrated operand scanning). The result may be one of the factors.</summary>
    private void Multiply(ulong[] a, ulong[] b, ulong[] result)
    {
        int count = _modulus.Length;
        ReadOnlySpan<ulong> modulus = _modulus.AsSpan(0, count), left = a.AsSpan(0, count);
        Span<ulong> product = _product;
        product.Clear();
        for (int i = 0; i < count; i++)
        {
            ulong carry = 0, factor = b[i];
            for (int j = 0; j < count; j++) product[j] = Add(left[j], factor, product[j], ref carry);
            UInt128 top = (UInt128)product[count] + carry;
            product[count] = (ulong)top;
            product[count + 1] = (ulong)(top >> 64);

            factor = product[0] * _inverse;
            carry = 0;
            Add(modulus[0], factor, product[0], ref carry);
            for (int j = 1; j < count; j++) product[j - 1] = Add(modulus[j], factor, product[j], ref carry);
            top = (UInt128)product[count] + carry;
            product[count - 1] = (ulong)top;
            product[count] = product[count + 1] + (ulong)(top >> 64);
        }

        product[..count].CopyTo(result);
        if (product[count] != 0 || !IsLess(result, _modulus)) Subtract(result, _modulus, result);
    }

    /// <summary>value * factor modulo the modulus, by doubling and adding.</summary>
    private void MultiplySmall(ulong[] value, byte factor, ulong[] scratch)
    {
        value.CopyTo(scratch, 0);
        for (int bit = System.Numerics.BitOperations.Log2(factor) - 1; bit >= 0; bit--)
        {
            AddModulo(value, value);
            if ((factor >> bit & 1) != 0) AddModulo(value, scratch);
        }
    }

    private void AddModulo(ulong[] value, ulong[] other)
    {
        ulong carry = 0;
        for (int i = 0; i < value.Length; i++)
        {
            UInt128 sum = (UInt128)value[i] + other[i] + carry;
            value[i] = (ulong)sum;
            carry = (ulong)(sum >> 64);
        }

        if (carry != 0 || !IsLess(value, _modulus)) Subtract(value, _modulus, value);
    }

    /// <summary>a * b + addend + carry, which fits 128 bits; the upper half is the new carry.</summary>
    private static ulong Add(ulong a, ulong b, ulong addend, ref ulong carry)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        low += addend;
        if (low < addend) high++;
        low += carry;
        if (low < carry) high++;
        carry = high;
        return low;
    }

    private static bool IsLess(ulong[] left, ulong[] right)
    {
        for (int i = left.Length - 1; i >= 0; i--)
        {
            if (left[i] != right[i]) return left[i] < right[i];
        }

        return false;
    }

    private static bool IsEqual(ulong[] left, ulong[] right) => left.AsSpan().SequenceEqual(right);

    private static void Subtract(ulong[] left, ulong[] right, ulong[] result)
    {
        ulong borrow = 0;
        for (int i = 0; i < left.Length; i++)
        {
            UInt128 difference = (UInt128)left[i] - right[i] - borrow;
            result[i] = (ulong)difference;
            borrow = (ulong)(difference >> 64) & 1;
        }
    }
}
