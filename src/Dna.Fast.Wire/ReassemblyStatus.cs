namespace Dna.Fast.Wire;

/// <summary>What became of a header or a fragment.</summary>
public enum ReassemblyStatus : byte
{
    /// <summary>Taken; more is to come.</summary>
    Waiting,

    /// <summary>The message is whole.</summary>
    Complete,

    /// <summary>Known already, overlapping or empty: ignored.</summary>
    Ignored,

    /// <summary>Refused by a limit; counted by the caller.</summary>
    Refused,
}
