namespace Dna.Fast.Wire;

/// <summary>A set of <see cref="ValueField"/>, walked in ascending order, which is the order of a <c>fileds</c> map.</summary>
internal struct FieldSet
{
    private byte _bits;

    public readonly bool IsEmpty => _bits == 0;

    public readonly int Count => System.Numerics.BitOperations.PopCount(_bits);

    public static bool IsKnown(ulong number) => number is >= (ulong)ValueField.Id and <= (ulong)ValueField.UserType;

    public readonly bool Contains(ValueField field) => (_bits >> (int)field & 1) != 0;

    public void Add(ValueField field) => _bits |= (byte)(1 << (int)field);
}
