using System.Buffers.Binary;

namespace Dna.Fast.Fuzz.Mutating;

/// <summary>Makes one input of a target: a seed, changed one to six times, by bytes or by what its format knows as parts.</summary>
internal sealed class Mutator(FuzzTarget target, Random random)
{
    private const int ChangesMax = 6;

    // What readers stumble over: ends of ranges, signs, sizes just too large.
    private static readonly ulong[] Numbers =
        [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, ulong.MaxValue];

    public byte[] Next()
    {
        // A few inputs owe nothing to any seed.
        if (random.Next(64) == 0) return Noise(random.Next(512));
        byte[] input = Seed();
        for (int changes = random.Next(1, ChangesMax + 1); changes > 0; changes--) input = Change(input);
        return input.Length <= target.BytesMax ? input : input[..target.BytesMax];
    }

    private byte[] Change(byte[] input)
    {
        if (random.Next(2) == 0)
        {
            byte[]? changed = target.Format switch
            {
                FuzzFormat.Json => JsonMutation.Change(input, random),
                FuzzFormat.Msgpack => MsgpackMutation.Change(input, Seed(), random),
                FuzzFormat.Text => TextMutation.Change(input, random),
                _ => null,
            };
            if (changed is not null) return changed;
        }

        return random.Next(9) switch
        {
            0 => Flip(input),
            1 => Overwrite(input, Noise(random.Next(1, 9))),
            2 => Insert(input, Noise(random.Next(1, 33))),
            3 => input[..random.Next(input.Length + 1)],
            4 => Remove(input),
            5 => Repeat(input),
            6 => Splice(input, Seed()),
            _ => Overwrite(input, Number(input.Length)),
        };
    }

    private byte[] Seed() => target.Seeds[random.Next(target.Seeds.Count)];

    private byte[] Noise(int bytes)
    {
        byte[] noise = new byte[bytes];
        random.NextBytes(noise);
        return noise;
    }

    private byte[] Number(int length)
    {
        ulong number = random.Next(3) == 0 ? (ulong)(length + random.Next(-2, 3)) : Numbers[random.Next(Numbers.Length)];
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        byte[] low = bytes[^(1 << random.Next(4))..];
        if (random.Next(3) == 0) Array.Reverse(low);
        return low;
    }

    private byte[] Flip(byte[] input)
    {
        if (input.Length == 0) return input;
        byte[] changed = [.. input];
        changed[At(input)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    // Lengths and marks stand at the front more often than anywhere else.
    private int At(byte[] input) => random.Next(random.Next(2) == 0 ? input.Length : Math.Min(input.Length, 128));

    private byte[] Overwrite(byte[] input, byte[] bytes)
    {
        if (input.Length == 0) return bytes;
        byte[] changed = [.. input];
        int at = At(input), count = Math.Min(bytes.Length, input.Length - at);
        bytes.AsSpan(0, count).CopyTo(changed.AsSpan(at));
        return changed;
    }

    private byte[] Insert(byte[] input, byte[] bytes)
    {
        int at = random.Next(input.Length + 1);
        return [.. input.AsSpan(0, at), .. bytes, .. input.AsSpan(at)];
    }

    private byte[] Remove(byte[] input)
    {
        (int at, int count) = Range(input);
        return [.. input.AsSpan(0, at), .. input.AsSpan(at + count)];
    }

    private byte[] Repeat(byte[] input)
    {
        (int at, int count) = Range(input);
        return [.. input.AsSpan(0, at + count), .. input.AsSpan(at, count), .. input.AsSpan(at + count)];
    }

    private byte[] Splice(byte[] input, byte[] other) => [.. input.AsSpan(0, random.Next(input.Length + 1)), .. other.AsSpan(random.Next(other.Length + 1))];

    private (int At, int Count) Range(byte[] input)
    {
        int at = random.Next(input.Length + 1);
        return (at, random.Next(Math.Min(input.Length - at, random.Next(2) == 0 ? 16 : 4096) + 1));
    }
}
