using Dna.Fast.LoadGen.Load;

namespace Dna.Fast.LoadGen.Workload;

/// <summary>The measured load: kinds by shares, keys by distribution, without end.</summary>
/// <remarks>
/// Gets read keys 0 to count - 1, which hold one value each. New values go to keys from <see cref="PutKeysFrom"/> on, so that gets beside
/// them keep finding one value per key.
/// </remarks>
internal sealed class SteadyWorkload : IWorkload
{
    /// <summary>Keys from here on receive the new values of puts.</summary>
    public const uint PutKeysFrom = 0x8000_0000;

    private readonly Mix _mix;
    private readonly KeyPicker _keys;
    private readonly SplitMix _random;
    private readonly bool _again;
    private ulong _nextValue;

    /// <param name="again">True: puts repeat the loaded values (a refresh); false: each put stores a new value.</param>
    /// <param name="firstValue">Number of this thread's first new value; threads keep apart by their high bits.</param>
    public SteadyWorkload(Mix mix, KeyPicker keys, ulong seed, bool again, ulong firstValue)
    {
        _mix = mix;
        _keys = keys;
        _random = new SplitMix(seed);
        _again = again;
        _nextValue = firstValue;
    }

    public bool IsDone => false;

    public bool TryNext(Source source, out Request request)
    {
        RequestKind kind = _mix.Next(_random);
        uint key = kind == RequestKind.Ping ? 0 : _keys.Next();
        if (kind == RequestKind.Put && !_again) request = new Request(kind, key | PutKeysFrom, ValueShape.IdOf(_nextValue++), true);
        else request = new Request(kind, key, PreloadWorkload.LoadedId, true);
        return true;
    }

    public void Ended(Source source, in Request request, Outcome outcome)
    {
    }
}
