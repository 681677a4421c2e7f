namespace Dna.Fast.LoadGen.Workload;

/// <summary>The sizes of a run's values: each key has one of them, by its number. Any thread.</summary>
internal sealed class ValueSizes
{
    private readonly ValueShape[] _shapes;

    /// <param name="dataBytes">One to 64 sizes, in bytes.</param>
    public ValueSizes(IReadOnlyList<int> dataBytes, ushort type)
    {
        _shapes = [.. dataBytes.Select(bytes => new ValueShape(bytes, type))];
    }

    /// <summary>What new values are instead, when they are to be signed; else null.</summary>
    public SignedValues? Signed { get; init; }

    public int Count => _shapes.Length;

    public ValueShape this[int index] => _shapes[index];

    /// <summary>Which size the values of a key have.</summary>
    public int IndexOf(uint key) => _shapes.Length == 1 ? 0 : (int)(SplitMix.Mix(key) % (ulong)_shapes.Length);

    public ValueShape Of(uint key) => _shapes[IndexOf(key)];
}
