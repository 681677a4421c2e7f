using System.Diagnostics;

namespace Dna.Fast.LayerBench;

/// <summary>The cryptographic parts of the layer.</summary>
internal enum CryptoPart
{
    /// <summary>ML-DSA-87: a record's signature.</summary>
    Sign,

    /// <summary>ML-DSA-87: a record's signature looked at.</summary>
    Verify,

    /// <summary>An envelope made: its signature, Kyber1024 for each recipient, AES.</summary>
    Seal,

    /// <summary>An envelope opened: Kyber1024, AES, its signature looked at.</summary>
    Open,

    /// <summary>RSA-4096 with SHA-512: a value's signature looked at, by nodes and readers.</summary>
    OwnerVerify,
}

/// <summary>How often each part was needed and how long all of them took together, on whatever threads. Any thread.</summary>
internal sealed class CryptoClock
{
    private readonly long[] _ticks = new long[Enum.GetValues<CryptoPart>().Length];
    private readonly int[] _counts = new int[Enum.GetValues<CryptoPart>().Length];

    public T Time<T>(CryptoPart part, Func<T> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = work();
        Add(part, start);
        return result;
    }

    public void Add(CryptoPart part, long start)
    {
        Interlocked.Add(ref _ticks[(int)part], Stopwatch.GetTimestamp() - start);
        Interlocked.Increment(ref _counts[(int)part]);
    }

    public (int Count, double Milliseconds) Of(CryptoPart part) =>
        (Volatile.Read(ref _counts[(int)part]), Volatile.Read(ref _ticks[(int)part]) * 1000.0 / Stopwatch.Frequency);

    public void Reset()
    {
        Array.Clear(_ticks);
        Array.Clear(_counts);
    }
}
