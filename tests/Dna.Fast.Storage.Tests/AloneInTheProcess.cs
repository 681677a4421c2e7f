namespace Dna.Fast.Storage.Tests;

/// <summary>Tests that ask how large the heap is: others at the same time, with stores and values of their own, would be counted too.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;
