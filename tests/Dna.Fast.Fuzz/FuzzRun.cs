using System.Buffers.Binary;
using Dna.Fast.Fuzz.Mutating;

namespace Dna.Fast.Fuzz;

/// <summary>What came of a run.</summary>
/// <param name="Inputs">How many were run, the failing one included.</param>
/// <param name="Accepted">How many of them the parser took.</param>
/// <param name="Failed">The input that broke a promise; null when none did.</param>
/// <param name="Problem">What it broke.</param>
internal sealed record FuzzReport(long Inputs, long Accepted, byte[]? Failed, string Problem);

/// <summary>Runs a target. One thread. Input n of a seed is the same bytes in every run: the seeds themselves first, then mutations.</summary>
internal sealed class FuzzRun(FuzzTarget target, int seed)
{
    /// <summary>Told the number of each input before it runs: whoever dies of it leaves the number behind.</summary>
    public Action<long>? Starting { get; init; }

    public byte[] Input(long number)
    {
        if (number < target.Seeds.Count) return target.Seeds[(int)number];
        // Two primes: neighbouring numbers and neighbouring seeds are far apart.
        var random = new Random(unchecked((int)((seed * 0x9E3779B1L) ^ (number * 0x85EBCA6BL))));
        return new Mutator(target, random).Next();
    }

    /// <summary>Runs inputs until one fails, the count is reached or <paramref name="isOver"/> says so.</summary>
    public FuzzReport Run(long first, long count, Func<bool> isOver)
    {
        long accepted = 0;
        for (long run = 0; run < count; run++)
        {
            if (isOver()) return new FuzzReport(run, accepted, null, "");
            long number = first + run;
            Starting?.Invoke(number);
            byte[] input = Input(number);
            if (Check(input, out bool isAccepted) is { } problem) return new FuzzReport(run + 1, accepted, input, $"input {number} of seed {seed}: {problem}");
            if (isAccepted) accepted++;
        }

        return new FuzzReport(count, accepted, null, "");
    }

    /// <returns>What the input broke; null when nothing.</returns>
    public string? Check(byte[] input, out bool isAccepted)
    {
        isAccepted = false;
        // Parsers are handed spans of buffers that live on: one that writes to its input changes what others read.
        byte[] copy = [.. input];
        try
        {
            long allowed = target.AllocatedBase + target.AllocatedPerByte * input.Length;
            long allocated = Measure(input, out isAccepted);
            // What code allocates when it is used for the first time is not the input's doing.
            if (allocated > allowed) allocated = Measure(input, out isAccepted);
            if (allocated > allowed) return $"{input.Length} bytes made it allocate {allocated} bytes; {allowed} are allowed";
            return copy.AsSpan().SequenceEqual(input) ? null : "it wrote to its input";
        }
#pragma warning disable CA1031 // Whatever is thrown is what is looked for.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return problem.ToString();
        }
    }

    /// <returns>Bytes that were allocated.</returns>
    private long Measure(byte[] input, out bool isAccepted)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        isAccepted = target.Run(input);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>A file of 8 bytes that always holds the number of the input under way, big-endian: it outlives a stack overflow.</summary>
    public static (FileStream File, Action<long> Note) Progress(string path)
    {
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        byte[] bytes = new byte[sizeof(long)];
        return (file, Note);

        void Note(long number)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            file.Position = 0;
            file.Write(bytes);
        }
    }
}
