namespace Dna.Fast.Storage.Records;

/// <summary>What a record of the value log is. Written to disk: never renumber.</summary>
internal enum RecordKind : byte
{
    None = 0,

    /// <summary>Under an infohash: the only value there. The common case, one look-up.</summary>
    Single = 1,

    /// <summary>Under infohash and value id: one of several values.</summary>
    Slot = 2,

    /// <summary>Under an infohash: which value ids are there.</summary>
    Directory = 3,

    /// <summary>Under infohash and number: 128 value ids that no longer fit into the directory.</summary>
    Chunk = 4,
}
