namespace Dna.Fast.Messenger;

/// <summary>One entry of a region.</summary>
/// <param name="since">The monotonic clock when the entry was made.</param>
/// <param name="ageBefore">How old it was then: older than nothing only when it comes out of a file.</param>
internal sealed class CacheEntry<T>(T? value, byte[]? packed, int bytes, long since, TimeSpan ageBefore, TimeSpan ttl)
    where T : class
{
    private T? _value = value;
    private byte[]? _packed = packed;

    /// <summary>Null while it lies there packed, and where it says that something does not exist.</summary>
    public T? Value => Volatile.Read(ref _value);

    /// <summary>As it came from the file, until somebody needs it: checking its signatures takes a while.</summary>
    public byte[]? Packed => Volatile.Read(ref _packed);

    public bool IsAbsent => Value is null && Packed is null;

    public int Bytes => bytes;

    public TimeSpan Ttl => ttl;

    /// <summary>Age before which no further look in the background is taken, after one that failed. Ticks; any thread.</summary>
    public long RetryAtTicks;

    public TimeSpan AgeAt(TimeProvider time) => ageBefore + time.GetElapsedTime(since);

    /// <summary>What was packed, unpacked and found genuine.</summary>
    public void Unpack(T unpacked)
    {
        Volatile.Write(ref _value, unpacked);
        Volatile.Write(ref _packed, null);
    }
}
