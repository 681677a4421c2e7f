namespace Dna.Fast.Fuzz;

/// <summary>How the bytes of a target are built, so that a mutation can take them apart.</summary>
internal enum FuzzFormat
{
    /// <summary>Fields and lengths at places nobody marks.</summary>
    Binary,

    Json,

    Msgpack,

    /// <summary>Lines and words.</summary>
    Text,
}

/// <summary>One parser, and what it must keep whatever it is fed.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="Seeds">Good inputs, which the mutations begin with; the target accepts each of them.</param>
/// <param name="Run">Parses an input and says whether it was accepted. Throws <see cref="FuzzFailure"/> when a promise is broken; whatever else it throws is a failure too. Keeps nothing
/// from one input to the next, or starts anew with each.</param>
internal sealed record FuzzTarget(string Name, FuzzFormat Format, IReadOnlyList<byte[]> Seeds, Func<byte[], bool> Run)
{
    /// <summary>Bytes that an input may make the parser allocate, besides <see cref="AllocatedPerByte"/>: buffers of fixed size, and what a verification takes in the library.</summary>
    public long AllocatedBase { get; init; } = 64 * 1024;

    /// <summary>Bytes that each byte of an input may make the parser allocate: its copies as text, as bytes, as entries of a list.</summary>
    public long AllocatedPerByte { get; init; } = 64;

    /// <summary>Inputs of a run in CI: fewer where each costs a key exchange.</summary>
    public int TestInputs { get; init; } = 3000;

    /// <summary>Longest input, in bytes: what the network or a file lets through.</summary>
    public int BytesMax { get; init; } = 70_000;
}

/// <summary>A promise that an input broke.</summary>
internal sealed class FuzzFailure(string message) : Exception(message);
