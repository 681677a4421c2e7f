namespace Dna.Fast.Wire;

/// <summary>What kind of msgpack object comes next.</summary>
public enum MsgpackType : byte
{
    /// <summary>No byte is left, or the byte begins no object.</summary>
    None,
    Integer,
    String,
    Binary,
    Array,
    Map,

    /// <summary>Nil, boolean, floating point number or extension.</summary>
    Other,
}
